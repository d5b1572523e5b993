CREATE TABLE reviews (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment text,
    status text NOT NULL DEFAULT 'visible' CHECK (status IN ('visible', 'hidden')),
    reply text,
    replied_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX reviews_one_each ON reviews (user_id, course_id) WHERE deleted_at IS NULL;
CREATE INDEX reviews_course_newest ON reviews (course_id, id DESC)
    WHERE deleted_at IS NULL AND status = 'visible';
COMMENT ON TABLE reviews IS
    'reviews: ratings and comments of students; the course keeps the sum and the count of the visible ones';
