"""The SQL of identity, one noun per file."""
