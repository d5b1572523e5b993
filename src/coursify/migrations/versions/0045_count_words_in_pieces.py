"""courses: words are counted in pieces, each in a transaction of seconds."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    run_sql(__file__)
