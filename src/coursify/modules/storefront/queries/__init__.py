"""The SQL of courses as one person sees them, and of wish lists."""
