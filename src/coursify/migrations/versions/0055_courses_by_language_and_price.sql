-- As in 0052.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_language_price ON courses (language, price_minor)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
