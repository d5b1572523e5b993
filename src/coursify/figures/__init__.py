"""Figures of the business and its queues for Prometheus, read from the database by one process at a time."""
