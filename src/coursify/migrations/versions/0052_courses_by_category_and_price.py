"""courses: a list of a category within a range of prices reads these courses alone."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
