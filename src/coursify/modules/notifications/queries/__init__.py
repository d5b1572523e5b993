"""SQL of preferences, of the list in the application, and of suppressed addresses."""
