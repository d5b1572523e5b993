"""What a bakery's website would need too: nothing in here knows about courses."""
