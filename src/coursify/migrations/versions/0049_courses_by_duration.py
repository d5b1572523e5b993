"""courses: a list of a duration that few courses have reads these alone."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
