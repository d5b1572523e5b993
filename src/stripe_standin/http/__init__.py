"""How requests come in and answers go out: forms, keys, idempotency, errors, pages."""
