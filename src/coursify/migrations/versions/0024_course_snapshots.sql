CREATE TABLE course_snapshots (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    course_id uuid NOT NULL REFERENCES courses (id),
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    decided_by uuid NOT NULL REFERENCES users (id),
    taken_at timestamptz NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    subtitle text,
    description text NOT NULL,
    price_minor bigint,
    currency text NOT NULL,
    category text,
    level text NOT NULL,
    language text NOT NULL,
    image text
);
CREATE INDEX course_snapshots_course ON course_snapshots (course_id, id DESC);
CREATE INDEX course_snapshots_decided_by ON course_snapshots (decided_by);
COMMENT ON TABLE course_snapshots IS 'courses: a course as it was when an admin approved or rejected it';

CREATE TABLE lesson_snapshots (
    snapshot_id uuid NOT NULL REFERENCES course_snapshots (id) ON DELETE CASCADE,
    lesson_id uuid NOT NULL,
    position integer NOT NULL,
    section_title text,
    title text NOT NULL,
    content text,
    is_preview boolean NOT NULL,
    duration_seconds integer NOT NULL,
    external_video_url text,
    video_asset_id uuid,
    PRIMARY KEY (snapshot_id, lesson_id)
);
COMMENT ON TABLE lesson_snapshots IS 'courses: the lessons of a snapshot; a later deletion leaves them here';
