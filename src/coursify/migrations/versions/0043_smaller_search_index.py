"""courses: an index of words of half the size, and the lexemes that many courses have."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    run_sql(__file__)
