"""Changes the code a little, and says which changes no test notices: `make mutation`."""
