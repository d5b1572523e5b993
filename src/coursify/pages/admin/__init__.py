"""The dashboard: what an admin opens in the morning."""
