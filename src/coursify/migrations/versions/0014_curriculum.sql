CREATE TABLE sections (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    course_id uuid NOT NULL REFERENCES courses (id),
    title text NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    created_at timestamptz NOT NULL,
    CONSTRAINT sections_position UNIQUE (course_id, position) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT sections_of_course UNIQUE (course_id, id)
);
COMMENT ON TABLE sections IS 'courses: the parts of a course above its lessons, at positions 1..n; a course may have none';

ALTER TABLE lessons ADD COLUMN section_id uuid, ADD COLUMN external_video_url text;
COMMENT ON COLUMN lessons.section_id IS
    'courses: lessons of one section follow each other, in the order of the sections; those without one come first';
COMMENT ON COLUMN lessons.external_video_url IS
    'courses: a video at another service, shown to whom the lesson is open; never fetched by the server';
-- A lesson's section is of the same course; a removed section leaves its lessons.
ALTER TABLE lessons ADD CONSTRAINT lessons_section FOREIGN KEY (course_id, section_id)
    REFERENCES sections (course_id, id) ON DELETE SET NULL (section_id) NOT VALID;
-- Every section_id is still null, so this takes milliseconds.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE lessons VALIDATE CONSTRAINT lessons_section;

CREATE TABLE course_views (
    course_id uuid NOT NULL REFERENCES courses (id),
    day date NOT NULL,
    views bigint NOT NULL CHECK (views >= 0),
    viewers bigint NOT NULL CHECK (viewers >= 0),
    PRIMARY KEY (course_id, day)
);
COMMENT ON TABLE course_views IS
    'courses: how often and by how many different viewers a course was viewed on a day (UTC); viewers is what counts';
