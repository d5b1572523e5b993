"""The revisions of the database, in SQL, and what runs them."""
