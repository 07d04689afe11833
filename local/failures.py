"""The ways a command ends without having done what was asked."""

INTERRUPTED = 130
"""The exit code of a run that is interrupted at work, as shells have it for Ctrl-C."""


class UserError(Exception):
    """What was asked can't be done; the message is complete and is all that is shown."""


class DeploymentError(Exception):
    """The engine could not do it.

    The message is what it wrote on stderr; the reasons of a failed resource are among the lines
    that it printed, and the error's notes.
    """
