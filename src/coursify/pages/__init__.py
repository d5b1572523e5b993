"""The pages of admins and instructors: HTML on the services and queries that the API uses (docs/decisions)."""
