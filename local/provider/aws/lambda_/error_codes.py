"""Codes of the errors that Lambda answers with."""

from __future__ import annotations

NOT_FOUND = ("ResourceNotFoundException", "404", "NotFoundException")
"""No such function, layer, alias, policy, event source or configuration."""
