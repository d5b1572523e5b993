"""courses: a list of a language or level that few courses have reads these alone."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
