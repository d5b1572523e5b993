"""courses: the lexemes of an edited course wait in a list of the index of words."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    run_sql(__file__)
