"""The use cases of users, one per file."""
