CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    user_agent text
);
CREATE INDEX sessions_user_id ON sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_user_id_all ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
COMMENT ON TABLE sessions IS
    'identity: one sign-in each, the family of its refresh tokens; authenticated_at is the last proof of the password';

CREATE TABLE refresh_tokens (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    session_id uuid NOT NULL REFERENCES sessions (id),
    user_id uuid NOT NULL REFERENCES users (id),
    parent_id uuid UNIQUE REFERENCES refresh_tokens (id),
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    rotated_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX refresh_tokens_one_live ON refresh_tokens (session_id)
    WHERE rotated_at IS NULL AND revoked_at IS NULL;
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);
COMMENT ON TABLE refresh_tokens IS 'identity: a chain for each session; only hashes are kept';

CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    email_canonical_at_issue text NOT NULL,
    new_email text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    invalidated_at timestamptz,
    CONSTRAINT one_time_tokens_new_email CHECK (new_email IS NULL OR purpose = 'change_email')
);
CREATE UNIQUE INDEX one_time_tokens_one_live ON one_time_tokens (user_id, purpose)
    WHERE used_at IS NULL AND invalidated_at IS NULL;
CREATE INDEX one_time_tokens_recent ON one_time_tokens (user_id, purpose, created_at);
CREATE INDEX one_time_tokens_expires_at ON one_time_tokens (expires_at);
COMMENT ON TABLE one_time_tokens IS
    'identity: verify, reset and change-of-address links; only hashes are kept';
COMMENT ON COLUMN one_time_tokens.new_email IS 'the address that counts once confirmed';

CREATE TABLE link_requests (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    address bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE link_requests IS
    'identity: addresses, sealed, to which a link was asked for; gone once the job has looked';

CREATE TABLE second_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE second_factors IS
    'identity: TOTP secrets, sealed; last_step is the newest time step that was used';

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS
    'identity: each opens the account once without the second factor; only hashes';

CREATE TABLE security_events (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CHECK (kind IN ('new_device', 'password_changed', 'password_reset', 'token_reused',
        'second_factor_enabled', 'second_factor_disabled', 'recovery_code_used')),
    session_id uuid REFERENCES sessions (id),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX security_events_once ON security_events (session_id, kind)
    WHERE kind IN ('new_device', 'token_reused');
CREATE INDEX security_events_user_id ON security_events (user_id);
CREATE INDEX security_events_session_id ON security_events (session_id);
COMMENT ON TABLE security_events IS 'identity: what the owner of an account is notified of';
