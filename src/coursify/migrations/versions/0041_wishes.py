"""storefront: wish lists."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    run_sql(__file__)
