ALTER TABLE course_texts
    ADD COLUMN requirements text[] NOT NULL DEFAULT '{}',
    ADD COLUMN outcomes text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN course_texts.requirements IS 'courses: what learners need before the course, in the order of its author';
COMMENT ON COLUMN course_texts.outcomes IS 'courses: what learners can do after the course, in the order of its author';

-- With a default, so that a version that does not know them still writes snapshots.
ALTER TABLE course_snapshots
    ADD COLUMN requirements text[] NOT NULL DEFAULT '{}',
    ADD COLUMN outcomes text[] NOT NULL DEFAULT '{}';
