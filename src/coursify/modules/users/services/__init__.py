"""What happens when someone signs up, signs in, or changes who they are: one use case per file."""
