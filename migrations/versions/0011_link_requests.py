"""Who asked for a link, until the job has looked whether anyone has the address."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE link_requests (
            id uuid PRIMARY KEY,
            purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
            address bytea NOT NULL,
            created_at timestamptz NOT NULL
        );
        COMMENT ON TABLE link_requests IS 'users: addresses, sealed, to which a link was asked for; gone once the job has looked';
        """
    )
