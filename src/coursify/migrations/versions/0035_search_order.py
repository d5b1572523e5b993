"""search_order: the index by which common words are read, built while courses go on being written."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
