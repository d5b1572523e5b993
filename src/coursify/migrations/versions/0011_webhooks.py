"""webhooks: the inbox of provider events, and how far the reconciler has come."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(__file__)
