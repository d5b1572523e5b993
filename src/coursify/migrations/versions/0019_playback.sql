CREATE TABLE playback_sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid REFERENCES users (id),
    sign_in_id uuid,
    account text NOT NULL,
    lesson_id uuid NOT NULL REFERENCES lessons (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    asset_id uuid NOT NULL,
    viewer_mark text NOT NULL UNIQUE CHECK (viewer_mark ~ '^[0-9A-HJKMNP-TV-Z]{12}$'),
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    last_used_at timestamptz,
    CHECK ((user_id IS NULL) = (sign_in_id IS NULL)),
    CHECK (expires_at > created_at)
);
COMMENT ON TABLE playback_sessions IS
    'playback: a video that somebody plays: bound to person, sign-in, lesson and asset, deleted 30 days after its end';
COMMENT ON COLUMN playback_sessions.user_id IS 'playback: NULL for a preview without a sign-in';
COMMENT ON COLUMN playback_sessions.sign_in_id IS 'playback: an id of sessions; that row may be gone';
COMMENT ON COLUMN playback_sessions.account IS
    'playback: whose slots it takes: the person, or the keyed hash of an anonymous address';
COMMENT ON COLUMN playback_sessions.asset_id IS 'playback: an id of assets; that row may be gone';
COMMENT ON COLUMN playback_sessions.viewer_mark IS 'playback: what the player draws over the picture';
COMMENT ON COLUMN playback_sessions.last_used_at IS
    'playback: the last key or range while Redis was away: it has a slot for 90 s';
CREATE INDEX playback_sessions_slots ON playback_sessions (account, last_used_at)
    WHERE ended_at IS NULL AND last_used_at IS NOT NULL;
CREATE INDEX playback_sessions_user ON playback_sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX playback_sessions_expires_at ON playback_sessions (expires_at);
