"""What every function shares; the Lambda layer carries it."""
