"""CloudWatch's part of a local run: alarms that change their state tell whom they should."""
