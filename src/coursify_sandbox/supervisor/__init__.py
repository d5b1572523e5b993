"""Starts the parts of a sandbox in order, keeps them running, and stops them in order."""
