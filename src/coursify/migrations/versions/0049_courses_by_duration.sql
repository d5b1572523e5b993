-- As in 0047.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_duration ON courses (duration_seconds)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
