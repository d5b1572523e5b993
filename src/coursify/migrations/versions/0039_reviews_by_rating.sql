CREATE INDEX CONCURRENTLY IF NOT EXISTS reviews_rating ON reviews (rating, id) WHERE deleted_at IS NULL;
