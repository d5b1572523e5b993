"""SQL of reviews, of reports about them and of what admins decide."""
