"""The text of a failed call, as the real providers word it: no traceback, AWS's own message."""

from __future__ import annotations

import traceback


def message(action: str, token: str, name: str, error: Exception) -> str:
    """One line that names the resource and AWS's answer.

    Args:
        action: what was being done, for example `creating`.
        token: the resource's type.
        name: its logical name, or its id.
        error: what was raised.
    """
    return f"{action} {token} ({name}): {_cause(error)}"


def _cause(error: Exception) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, text = details.get("Code", "Unknown"), details.get("Message", "")
        return f"operation error {error.operation_name}, api error {code}: {text}"
    if isinstance(
        error, (BotoCoreError, ValueError, ConnectionError, LookupError)
    ) and not isinstance(error, (KeyError, IndexError)):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/local/')[2]}:{frame.lineno}"
    return f"defect in the embedded AWS at {place}: {type(error).__name__}: {error}"
