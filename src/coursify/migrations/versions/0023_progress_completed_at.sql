CREATE INDEX CONCURRENTLY IF NOT EXISTS lesson_progress_completed_at ON lesson_progress (completed_at)
    WHERE completed_at IS NOT NULL;
