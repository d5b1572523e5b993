CREATE TABLE wishes (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, course_id)
);
CREATE INDEX wishes_newest ON wishes (user_id, id DESC);
CREATE INDEX wishes_course ON wishes (course_id);
COMMENT ON TABLE wishes IS 'storefront: the courses in people''s wish lists';
