"""The clients of external services, one file for each vendor."""
