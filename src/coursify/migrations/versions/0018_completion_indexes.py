"""completion indexes: codes of the completions that there are, and what finds them."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(__file__)
