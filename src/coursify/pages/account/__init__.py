"""Signing in and out, the second factor, the step-up, and how the pages look."""
