CREATE TABLE erasure_requests (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL UNIQUE REFERENCES users (id),
    requested_by uuid NOT NULL REFERENCES users (id),
    receipt_address bytea,
    payments_before integer NOT NULL,
    requested_at timestamptz NOT NULL,
    completed_at timestamptz
);
COMMENT ON TABLE erasure_requests IS
    'privacy: accounts to erase; the address of the receipt, sealed, until it is sent';

CREATE TABLE erasure_steps (
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    step text NOT NULL,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, step)
);
COMMENT ON TABLE erasure_steps IS 'privacy: the finished steps of an erasure';

CREATE TABLE tombstones (
    user_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
COMMENT ON TABLE tombstones IS 'privacy: accounts that must stay erased after a restore; also kept outside of backups';

CREATE TABLE data_exports (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    content bytea,
    sections_done smallint NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    ready_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX data_exports_user_id ON data_exports (user_id, id DESC);
CREATE INDEX data_exports_expires_at ON data_exports (expires_at);
COMMENT ON TABLE data_exports IS
    'privacy: archives of a person''s data, sealed, kept for a day';
