"""playback: who plays which video, on which sign-in."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(__file__)
