"""reviews_by_rating: the index in which admins read reviews by rating, built while learners go on writing."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
