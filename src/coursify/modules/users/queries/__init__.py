"""The SQL of people, one noun per file."""
