-- One instructor's sales, newest first, are read and counted from this index.
-- Building it blocks payments for the seconds that it takes.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX order_lines_sold ON order_lines (instructor_id, id) WHERE paid_minor IS NOT NULL;
