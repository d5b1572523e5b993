"""Export and erasure of personal data, one use case per file."""
