-- As in 0047: of a range of prices, the courses of one category.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_category_price ON courses (category, price_minor)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
