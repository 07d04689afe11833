"""Mistakes of the person at the keyboard."""


class UserError(Exception):
    """What was asked can't be done; the message is complete and is all that is shown."""
