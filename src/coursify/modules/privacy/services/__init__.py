"""Handing out what is held on a person, and erasing it: one use case per file."""
