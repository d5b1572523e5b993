-- As 0027 did for activity: the hours of one scope lie apart in the table.
-- Only jobs of analytics write this table, and they wait.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX revenue_rollups_key ON revenue_rollups (scope_id, grain, started_at, currency)
    INCLUDE (gross_minor, discount_minor, refunded_minor, fees_minor, instructor_share_minor);
-- The index that was just built keeps its guarantee.
-- squawk-ignore ban-drop-constraint
ALTER TABLE revenue_rollups DROP CONSTRAINT revenue_rollups_pkey;
ALTER TABLE revenue_rollups ADD CONSTRAINT revenue_rollups_pkey PRIMARY KEY USING INDEX revenue_rollups_key;
