"""Coursify: a course-selling back end."""
