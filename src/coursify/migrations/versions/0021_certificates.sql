CREATE TABLE certificates (
    enrollment_id uuid PRIMARY KEY REFERENCES enrollments (id),
    code text NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES users (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    instructor_id uuid NOT NULL REFERENCES users (id),
    learner_name text,
    course_title text NOT NULL,
    course_language text NOT NULL,
    instructor_name text,
    issued_at timestamptz NOT NULL,
    erased_at timestamptz,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    status_list bigint NOT NULL GENERATED ALWAYS AS (number / 65536) STORED,
    status_index integer NOT NULL CHECK (status_index BETWEEN 0 AND 131071),
    CONSTRAINT certificates_status UNIQUE (status_list, status_index),
    CHECK ((erased_at IS NULL) = (learner_name IS NOT NULL))
);
CREATE INDEX certificates_user_id ON certificates (user_id);
COMMENT ON TABLE certificates IS
    'certificates: one for each completed enrollment, with the names of that time; revoked while every grant is';
COMMENT ON COLUMN certificates.status_list IS
    'certificates: the list of Open Badges that has the bit status_index for this one; at most half of its bits are used';
