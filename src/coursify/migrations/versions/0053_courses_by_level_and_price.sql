-- As in 0052.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_level_price ON courses (level, price_minor)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
