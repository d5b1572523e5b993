"""search: the words by which courses are found, cut and folded by the application, and the words for typing errors."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql(__file__)
