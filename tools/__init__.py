"""Scripts that write documents from the code; `make check` says which document is stale."""
