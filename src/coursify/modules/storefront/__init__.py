"""Courses as a visitor or a signed-in person sees them, and the wish list."""
