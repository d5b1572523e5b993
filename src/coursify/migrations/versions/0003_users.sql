CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text,
    email_canonical text UNIQUE,
    name text,
    bio text,
    avatar_url text,
    password_hash text,
    role text NOT NULL CHECK (role IN ('student', 'instructor', 'admin')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'erased')),
    email_verified_at timestamptz,
    sessions_valid_after timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    erased_at timestamptz,
    CHECK ((status = 'erased') = (erased_at IS NOT NULL)),
    CHECK (status <> 'erased' OR (email IS NULL AND email_canonical IS NULL AND name IS NULL
        AND bio IS NULL AND avatar_url IS NULL AND password_hash IS NULL)),
    CHECK (status = 'erased' OR (email IS NOT NULL AND email_canonical IS NOT NULL AND name IS NOT NULL))
);
CREATE INDEX users_role ON users (role, id);
COMMENT ON TABLE users IS 'users: people; of an erased one only the id is left';
