"""People, their sessions, their one-time tokens."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
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
        COMMENT ON TABLE users IS 'users: people; an erased one keeps nothing but the id';

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
        COMMENT ON TABLE sessions IS 'users: one sign-in each, the family of its refresh tokens; authenticated_at is the last proof of the password';

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
        COMMENT ON TABLE refresh_tokens IS 'users: a chain for each session; only hashes are kept';

        CREATE TABLE one_time_tokens (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            user_id uuid NOT NULL REFERENCES users (id),
            purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
            token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
            email_canonical_at_issue text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            invalidated_at timestamptz
        );
        CREATE UNIQUE INDEX one_time_tokens_one_live ON one_time_tokens (user_id, purpose)
            WHERE used_at IS NULL AND invalidated_at IS NULL;
        COMMENT ON TABLE one_time_tokens IS 'users: verify, reset and change-of-address links; only hashes are kept';
        """
    )
