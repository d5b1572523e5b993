"""What the API does: one function per operation, each inside one transaction."""
