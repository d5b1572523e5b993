"""The state in one SQLite file: objects, pending deliveries, idempotent responses, settings."""
