"""The business, one folder per word the business uses."""
