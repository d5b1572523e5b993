CREATE TABLE attention_items (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    why text NOT NULL,
    since timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid REFERENCES users (id),
    resolution text,
    note text,
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
CREATE UNIQUE INDEX attention_items_one_open ON attention_items (kind, object_type, object_id)
    WHERE resolved_at IS NULL;
CREATE INDEX attention_items_resolved_by ON attention_items (resolved_by) WHERE resolved_by IS NOT NULL;
COMMENT ON TABLE attention_items IS
    'attention: the work list of what needs a person; an item is open until somebody or an event resolves it';
