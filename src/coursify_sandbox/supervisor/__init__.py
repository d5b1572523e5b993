"""Starts the processes of a sandbox in order, restarts those that end, and stops all of them in order."""
