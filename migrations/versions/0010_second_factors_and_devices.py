"""Second factors, security events, the address that a change is about."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE one_time_tokens ADD COLUMN new_email text,
            ADD CONSTRAINT one_time_tokens_new_email CHECK (new_email IS NULL OR purpose = 'change_email');
        COMMENT ON COLUMN one_time_tokens.new_email IS 'the address that counts once confirmed';

        CREATE TABLE second_factors (
            user_id uuid PRIMARY KEY REFERENCES users (id),
            secret bytea NOT NULL,
            confirmed_at timestamptz,
            last_step bigint,
            created_at timestamptz NOT NULL
        );
        COMMENT ON TABLE second_factors IS 'users: TOTP secrets, sealed; last_step is the newest time step that was used';

        CREATE TABLE recovery_codes (
            user_id uuid NOT NULL REFERENCES users (id),
            code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
            used_at timestamptz,
            PRIMARY KEY (user_id, code_hash)
        );
        COMMENT ON TABLE recovery_codes IS 'users: each opens the account once without the second factor; only hashes';

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
        COMMENT ON TABLE security_events IS 'users: what the owner of an account is told about it';
        """
    )
