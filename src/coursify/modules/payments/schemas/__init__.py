"""Payments, quotes and refunds on the wire; amounts are in the currency's smallest unit."""
