"""Users: accounts with their roles and profiles. Owns users. Calls no other module."""
