CREATE TABLE lesson_announcements (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    course_id uuid NOT NULL REFERENCES courses (id),
    lessons_after timestamptz NOT NULL,
    lessons_until timestamptz NOT NULL CHECK (lessons_until > lessons_after),
    created_at timestamptz NOT NULL,
    -- Two jobs at once begin where the last announcement ended: one of them wins.
    UNIQUE (course_id, lessons_after)
);
CREATE INDEX lesson_announcements_course ON lesson_announcements (course_id, lessons_until DESC);
COMMENT ON TABLE lesson_announcements IS
    'enrollments: the lessons that were added to a published course in a time, told to its learners together';
