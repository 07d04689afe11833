"""Profiles of the platform's users."""
