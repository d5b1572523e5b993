"""Coursify: the engine under a course marketplace."""
