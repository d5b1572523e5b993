"""Sign-in: sessions, tokens, one-time links, second factors, security events."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(__file__)
