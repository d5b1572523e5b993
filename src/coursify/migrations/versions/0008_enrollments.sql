CREATE TABLE enrollments (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    enrolled_at timestamptz NOT NULL,
    completed_at timestamptz,
    last_lesson_id uuid REFERENCES lessons (id),
    UNIQUE (user_id, course_id)
);
CREATE INDEX enrollments_course_id ON enrollments (course_id, id);
CREATE INDEX enrollments_user_newest ON enrollments (user_id, id DESC);
COMMENT ON TABLE enrollments IS
    'enrollments: one row for each person and course, never deleted; has progress, not access';

CREATE TABLE access_grants (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    enrollment_id uuid NOT NULL REFERENCES enrollments (id),
    source_type text NOT NULL CHECK (source_type IN ('order_line', 'free', 'admin')),
    source_id uuid NOT NULL,
    granted_at timestamptz NOT NULL,
    valid_until timestamptz,
    revoked_at timestamptz,
    reason text,
    UNIQUE (source_type, source_id),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX access_grants_enrollment_id ON access_grants (enrollment_id);
COMMENT ON TABLE access_grants IS
    'enrollments: why a person has access to a course; access is open while one grant is valid';

CREATE TABLE lesson_progress (
    enrollment_id uuid NOT NULL REFERENCES enrollments (id),
    lesson_id uuid NOT NULL REFERENCES lessons (id),
    completed_at timestamptz,
    position_seconds integer NOT NULL DEFAULT 0 CHECK (position_seconds >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (enrollment_id, lesson_id)
);
CREATE INDEX lesson_progress_lesson_id ON lesson_progress (lesson_id);
COMMENT ON TABLE lesson_progress IS 'enrollments: the progress of a person in one lesson';
