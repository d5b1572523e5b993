"""courses: how many courses of a large catalogue each filter would leave, for facets."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    run_sql(__file__)
