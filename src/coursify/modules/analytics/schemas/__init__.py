"""Schemas of analytics: what is asked for, what is answered, and its tables as CSV."""
