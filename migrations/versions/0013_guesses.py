"""Guesses at passwords and codes, counted by PostgreSQL while Redis cannot be asked."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE guesses (
            bucket text NOT NULL,
            at timestamptz NOT NULL,
            attempt_id uuid NOT NULL,
            forget_at timestamptz NOT NULL,
            PRIMARY KEY (bucket, at, attempt_id)
        );
        CREATE INDEX guesses_forget_at ON guesses (forget_at);
        COMMENT ON TABLE guesses IS 'core: attempts at passwords and codes while Redis is away, by pseudonym or client address; gone within hours';
        """
    )
