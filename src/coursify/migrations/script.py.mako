"""${message}"""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    run_sql(__file__)
