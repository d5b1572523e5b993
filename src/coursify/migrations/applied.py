"""What has been applied to a database, as its owner sees it."""

from __future__ import annotations

import psycopg


def read_applied(owner_url: str) -> tuple[int, str | None]:
    """The number of PostgreSQL's version, 180001 for 18.1, and the newest applied revision; None: no schema yet."""
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as db:
        version = db.info.server_version
        known = db.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if known is None or known[0] is None:
            return version, None
        row = db.execute("SELECT version_num FROM public.alembic_version").fetchone()
        return version, str(row[0]) if row else None
