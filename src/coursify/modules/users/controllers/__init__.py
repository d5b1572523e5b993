"""The users' operations, one resource per file."""
