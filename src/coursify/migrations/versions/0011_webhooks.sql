CREATE TABLE provider_events (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    provider text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    api_version text,
    state text NOT NULL DEFAULT 'received'
        CHECK (state IN ('received', 'applied', 'ignored', 'foreign', 'parked', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    reason text,
    received_at timestamptz NOT NULL,
    handled_at timestamptz,
    UNIQUE (provider, event_id)
);
CREATE INDEX provider_events_unhandled ON provider_events (received_at) WHERE state IN ('received', 'parked');
CREATE INDEX provider_events_object ON provider_events (object_id);
COMMENT ON TABLE provider_events IS
    'webhooks: the inbox of the provider''s events, each stored once before it is acknowledged, without its body';

CREATE TABLE provider_cursors (
    provider text PRIMARY KEY,
    reconciled_until timestamptz NOT NULL
);
COMMENT ON TABLE provider_cursors IS 'webhooks: until when the reconciler has fetched events';
