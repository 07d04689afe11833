"""`python -m local`: the embedded AWS on the command line."""

from local.cli import main

main()
