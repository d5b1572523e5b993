"""What happens when someone signs up, signs in, or changes what signs them in: one use case per file."""
