"""Requests and responses: forms, API keys, idempotency, errors, pages."""
