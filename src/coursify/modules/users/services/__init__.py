"""What happens to a person's row: one use case per file."""
