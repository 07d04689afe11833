"""Confirms orders that were placed."""
