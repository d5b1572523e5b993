-- The oldest newest-revision of a version that may serve this schema. A revision that removes something changes it.
-- The default is constant, so that the table is not rewritten; it has one row.
ALTER TABLE alembic_version ADD COLUMN compatible_from text NOT NULL DEFAULT '0027';
