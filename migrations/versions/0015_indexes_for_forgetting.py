"""Indexes by which old sessions, tokens and links are found and forgotten, and another sign-in of one's own."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);
        CREATE INDEX security_events_session_id ON security_events (session_id);
        CREATE INDEX sessions_user_id_all ON sessions (user_id);
        CREATE INDEX sessions_expires_at ON sessions (expires_at);
        CREATE INDEX one_time_tokens_recent ON one_time_tokens (user_id, purpose, created_at);
        CREATE INDEX one_time_tokens_expires_at ON one_time_tokens (expires_at);
        """
    )
