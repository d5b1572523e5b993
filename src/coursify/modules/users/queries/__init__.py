"""The SQL of users, one noun per file."""
