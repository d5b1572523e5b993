CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    state text NOT NULL CHECK (state IN ('in_progress', 'done')),
    leased_until timestamptz NOT NULL,
    response_status smallint,
    response_body bytea,
    response_etag text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, route, key),
    CHECK ((state = 'done') = (response_status IS NOT NULL))
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'core: answers kept for 24 h, sealed, replayed byte for byte';

CREATE TABLE email_deliveries (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    message_key text NOT NULL UNIQUE,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    user_id uuid,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'sending', 'accepted', 'suppressed', 'failed', 'unknown')),
    attempts smallint NOT NULL DEFAULT 0,
    provider_message_id text,
    reason text,
    created_at timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE INDEX email_deliveries_user_id ON email_deliveries (user_id);
COMMENT ON TABLE email_deliveries IS
    'core: each email to a person, by its key; the address is read when it is sent';

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id uuid,
    action text NOT NULL,
    target_type text NOT NULL,
    target_id uuid NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    request_id text,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_target ON audit_log (target_type, target_id);
CREATE INDEX audit_log_actor_id ON audit_log (actor_id);
COMMENT ON TABLE audit_log IS 'core: who changed what, written with the change; insert only';

CREATE TABLE attempts (
    bucket text NOT NULL,
    at timestamptz NOT NULL,
    attempt_id uuid NOT NULL,
    forget_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, at, attempt_id)
);
CREATE INDEX attempts_forget_at ON attempts (forget_at);
COMMENT ON TABLE attempts IS
    'core: attempts at passwords and codes while Redis is down, by pseudonym or client address; deleted within hours';
