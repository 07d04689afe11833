"""Sends alarms to Slack."""
