CREATE TABLE sale_suspensions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    course_id uuid NOT NULL REFERENCES courses (id),
    reason text NOT NULL,
    suspended_by uuid NOT NULL REFERENCES users (id),
    suspended_at timestamptz NOT NULL,
    resumed_by uuid REFERENCES users (id),
    resumed_at timestamptz,
    CHECK ((resumed_by IS NULL) = (resumed_at IS NULL))
);
CREATE UNIQUE INDEX sale_suspensions_one_open ON sale_suspensions (course_id) WHERE resumed_at IS NULL;
CREATE INDEX sale_suspensions_suspended_by ON sale_suspensions (suspended_by);
CREATE INDEX sale_suspensions_resumed_by ON sale_suspensions (resumed_by) WHERE resumed_by IS NOT NULL;
COMMENT ON TABLE sale_suspensions IS 'courses: when and why an admin took a course off sale, and when that ended';

ALTER TABLE courses ADD COLUMN sale_suspension_id uuid;
COMMENT ON COLUMN courses.sale_suspension_id IS 'courses: the open suspension by an admin, in `sale_suspensions`';
COMMENT ON COLUMN courses.sale_suspended_at IS
    'courses: since when it is off sale: its instructor may not sell, or an admin suspended its sale, or both';
