"""Codes of the errors that Cognito answers with."""

from __future__ import annotations

NOT_FOUND = "ResourceNotFoundException"
"""No such user pool, client or group."""
