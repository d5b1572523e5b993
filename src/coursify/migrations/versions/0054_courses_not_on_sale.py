"""courses: a search counts its matches by an index of the courses that are not on sale."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
