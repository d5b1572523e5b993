"""payments: orders, payments, refunds, disputes."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(__file__)
