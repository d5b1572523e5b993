-- The order of a search: courses of equal fit by popularity, then rating.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_search_order ON courses (enrollment_count DESC, average_rating DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
