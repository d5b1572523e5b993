"""people_by_name: the index in which admins read people by name, built while people go on signing up."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        run_sql(__file__)
