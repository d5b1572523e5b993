CREATE TABLE notification_preferences (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    course_news boolean NOT NULL,
    digest boolean NOT NULL,
    link_version integer NOT NULL DEFAULT 1 CHECK (link_version BETWEEN 1 AND 65535),
    updated_at timestamptz NOT NULL
);
CREATE INDEX notification_preferences_digest ON notification_preferences (user_id) WHERE digest;
COMMENT ON TABLE notification_preferences IS
    'notifications: the emails that a person switched on or off; without a row, the defaults';
COMMENT ON COLUMN notification_preferences.link_version IS
    'notifications: is in every unsubscribe link; raising it makes the earlier links invalid';

CREATE TABLE notifications (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    course_id uuid,
    created_at timestamptz NOT NULL,
    read_at timestamptz
);
CREATE INDEX notifications_user ON notifications (user_id, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id, id DESC) WHERE read_at IS NULL;
CREATE INDEX notifications_created_at ON notifications (created_at);
-- The job that writes them to all learners of a course may run twice.
CREATE UNIQUE INDEX notifications_new_lessons ON notifications (user_id, subject_id) WHERE kind = 'new_lessons';
COMMENT ON TABLE notifications IS
    'notifications: what the application tells a person, by ids; the text is made when it is read; deleted after 180 days';

CREATE TABLE suppressed_addresses (
    address_hash bytea PRIMARY KEY CHECK (octet_length(address_hash) = 32),
    reason text NOT NULL CHECK (reason IN ('bounce', 'complaint')),
    suppressed_at timestamptz NOT NULL
);
CREATE INDEX suppressed_addresses_suppressed_at ON suppressed_addresses (suppressed_at) WHERE reason = 'bounce';
COMMENT ON TABLE suppressed_addresses IS
    'notifications: addresses that bounced or complained, as a keyed hash; they get only transactional emails';

-- The list of states becomes longer: every earlier state is in it, so no row has to be checked, and the old version
-- writes no other.
-- squawk-ignore ban-drop-constraint
ALTER TABLE email_deliveries DROP CONSTRAINT email_deliveries_state_check;
ALTER TABLE email_deliveries ADD CONSTRAINT email_deliveries_state_check
    CHECK (state IN ('queued', 'sending', 'accepted', 'suppressed', 'failed', 'unknown', 'undelivered')) NOT VALID;
