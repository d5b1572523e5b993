-- As in 0047.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_currency ON courses (currency, price_minor)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
