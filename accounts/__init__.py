"""Accounts of the web face: people with roles, sessions, tokens, the audit log. Knows neither corpus nor checks."""
