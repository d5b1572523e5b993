-- still-compatible: no version writes another value, and none fails on the new one when it reads.
-- The wider one replaces it at once.
-- squawk-ignore ban-drop-constraint
ALTER TABLE course_snapshots DROP CONSTRAINT course_snapshots_decision_check;
ALTER TABLE course_snapshots ADD CONSTRAINT course_snapshots_decision_check
    CHECK (decision IN ('approved', 'rejected', 'acknowledged')) NOT VALID;
COMMENT ON TABLE course_snapshots IS 'courses: a course as an admin approved, rejected or acknowledged it';
