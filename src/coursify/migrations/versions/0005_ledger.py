"""ledger: double entry."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(__file__)
