"""What the stand-in keeps, in one SQLite file: objects, deliveries still owed, idempotent answers, settings."""
