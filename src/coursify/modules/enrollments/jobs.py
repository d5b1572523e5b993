"""What enrollments do by the clock."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.jobs import Tools
from coursify.modules.enrollments.services.refresh_counts import refresh_counts

RECENT = timedelta(minutes=10)
LONG_AGO = timedelta(days=36_500)


async def refresh_recent_counts(tools: Tools) -> None:
    await refresh_counts(tools.database, since=await tools.database.now() - RECENT)


async def refresh_all_counts(tools: Tools) -> None:
    await refresh_counts(tools.database, since=await tools.database.now() - LONG_AGO)
