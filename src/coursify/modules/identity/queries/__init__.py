"""The SQL of sign-ins, one noun per file."""
