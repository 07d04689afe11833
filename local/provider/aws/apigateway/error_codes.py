"""Codes of the errors that API Gateway answers with."""

from __future__ import annotations

NOT_FOUND = ("NotFoundException", "NotFound", "ResourceNotFoundException")
"""No such API, stage, usage plan, key or function."""
