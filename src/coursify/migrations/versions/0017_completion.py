"""completion: exact completions, a certificate's code, and when access last changed."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(__file__)
