"""The periodic jobs of enrollments."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.resources import CoreResources
from coursify.modules.enrollments.services.refresh_counts import refresh_counts

RECENT = timedelta(minutes=10)
LONG_AGO = timedelta(days=36_500)


async def refresh_recent_counts(resources: CoreResources) -> None:
    await refresh_counts(resources.database, since=await resources.database.now() - RECENT)


async def refresh_all_counts(resources: CoreResources) -> None:
    await refresh_counts(resources.database, since=await resources.database.now() - LONG_AGO)
