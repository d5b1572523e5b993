"""notifications: which emails a person wants, what the application tells them, and addresses that cannot be reached."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql(__file__)
