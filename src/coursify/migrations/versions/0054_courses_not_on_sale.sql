-- A search of many matches counts them without reading each course: few are not on sale. What is on sale has no entry here.
CREATE INDEX CONCURRENTLY IF NOT EXISTS courses_not_on_sale ON courses (id)
    WHERE NOT (status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL)
