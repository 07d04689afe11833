"""The API's contract: one table of routes, and the two documents that are made from it."""
