"""Users: people as rows, their roles and profiles. Owns users. Calls nobody."""
