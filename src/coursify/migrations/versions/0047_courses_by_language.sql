-- A filter with few courses collects them; walking the index of an order would read the whole catalogue.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_language ON courses (language, level)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
