-- The hours of one scope lie apart in the table: two years of the platform were 16,000 pages.
-- Only jobs of analytics write this table, and they wait.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX activity_rollups_key ON activity_rollups (scope_id, grain, started_at)
    INCLUDE (sign_ups, checkouts, payments, enrollments, completions, ratings, views, viewers, learners);
-- The index that was just built keeps its guarantee.
-- squawk-ignore ban-drop-constraint
ALTER TABLE activity_rollups DROP CONSTRAINT activity_rollups_pkey;
ALTER TABLE activity_rollups ADD CONSTRAINT activity_rollups_pkey PRIMARY KEY USING INDEX activity_rollups_key;
