"""Stripe's objects, field for field, as plain dictionaries."""
