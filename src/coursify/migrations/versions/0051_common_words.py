"""courses: words of many courses have lexemes of their own in the index of words, and none of their parts."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    run_sql(__file__)
