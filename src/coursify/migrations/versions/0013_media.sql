CREATE TABLE assets (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    owner_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CHECK (kind IN ('image', 'video', 'attachment')),
    status text NOT NULL DEFAULT 'uploading'
        CHECK (status IN ('uploading', 'processing', 'ready', 'rejected', 'released')),
    path text NOT NULL UNIQUE CHECK (path ~ '^[A-Za-z0-9_-]{32}$'),
    filename text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    attempts smallint NOT NULL DEFAULT 0,
    reason text,
    upload_hash bytea,
    direct_upload text,
    image_hash text,
    hls_folder text,
    duration_seconds integer CHECK (duration_seconds >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    processing_at timestamptz,
    ready_at timestamptz,
    released_at timestamptz,
    CHECK (status <> 'rejected' OR reason IS NOT NULL),
    CHECK (status <> 'uploading' OR expires_at IS NOT NULL),
    CHECK ((status = 'released') = (released_at IS NOT NULL))
);
COMMENT ON TABLE assets IS 'media: uploaded pictures, videos and files; their bytes are in the store, under `path`';
COMMENT ON COLUMN assets.path IS 'media: the unguessable folder in the store; only pictures have it in a response';
COMMENT ON COLUMN assets.upload_hash IS 'media: the SHA-256 of the token in the upload''s address';
COMMENT ON COLUMN assets.direct_upload IS 'media: the store''s own id of an upload that goes straight to it';
COMMENT ON COLUMN assets.attempts IS 'media: how often transcoding has begun';
COMMENT ON COLUMN assets.hls_folder IS 'media: the folder under `path` of the renditions that are played; NULL: the file';
COMMENT ON COLUMN assets.expires_at IS 'media: when an upload that is not complete is released';
CREATE INDEX assets_owner ON assets (owner_id, id DESC);
CREATE INDEX assets_unfinished ON assets (expires_at) WHERE status = 'uploading';
CREATE INDEX assets_released ON assets (released_at) WHERE status = 'released';
CREATE UNIQUE INDEX assets_upload_hash ON assets (upload_hash) WHERE upload_hash IS NOT NULL;

CREATE TABLE renditions (
    asset_id uuid NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[0-9]{3,4}p$'),
    width integer NOT NULL CHECK (width > 0),
    height integer NOT NULL CHECK (height > 0),
    bandwidth integer NOT NULL CHECK (bandwidth > 0),
    codecs text NOT NULL,
    segment_milliseconds integer[] NOT NULL CHECK (cardinality(segment_milliseconds) > 0),
    PRIMARY KEY (asset_id, name)
);
COMMENT ON TABLE renditions IS 'media: one resolution of a video, as encrypted HLS segments of these lengths';

CREATE TABLE segment_keys (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    asset_id uuid NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number >= 0),
    sealed_key bytea NOT NULL,
    UNIQUE (asset_id, number)
);
COMMENT ON TABLE segment_keys IS 'media: the AES-128 key of every five segments of a video, sealed';

CREATE TABLE captions (
    asset_id uuid NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    language text NOT NULL,
    content text NOT NULL CHECK (octet_length(content) <= 1048576),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (asset_id, language)
);
COMMENT ON TABLE captions IS 'media: WebVTT of a video, per language';

-- The places of assets above media. `image_path` is `<folder>/<hash>`; each size is a file `<hash>-<size>.webp` of it.
ALTER TABLE users ADD COLUMN avatar_path text;
COMMENT ON COLUMN users.avatar_path IS 'users: the uploaded picture in the store; NULL: avatar_url counts';
ALTER TABLE users ADD COLUMN avatar_asset_id uuid;
ALTER TABLE courses ADD COLUMN image_path text;
ALTER TABLE courses ADD COLUMN image_asset_id uuid;
ALTER TABLE courses ADD COLUMN image_alt_text text;

CREATE TABLE lesson_videos (
    lesson_id uuid PRIMARY KEY REFERENCES lessons (id),
    asset_id uuid UNIQUE REFERENCES assets (id),
    -- An upload that ends early is removed by media, which knows no lesson.
    next_asset_id uuid UNIQUE REFERENCES assets (id) ON DELETE SET NULL
);
COMMENT ON TABLE lesson_videos IS 'courses: the video of a lesson that is played, and a newer one until it is ready';

CREATE TABLE lesson_attachments (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    lesson_id uuid NOT NULL REFERENCES lessons (id),
    asset_id uuid NOT NULL UNIQUE REFERENCES assets (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX lesson_attachments_lesson ON lesson_attachments (lesson_id, id);
COMMENT ON TABLE lesson_attachments IS 'courses: files that learners of a lesson download';
