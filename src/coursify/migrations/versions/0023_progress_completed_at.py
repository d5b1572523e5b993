"""progress_completed_at: the index by which statistics read completed lessons, built while learners go on writing."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
