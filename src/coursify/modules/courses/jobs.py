"""What courses does later."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.courses.services import refresh_words as words
from coursify.modules.courses.services import reindex_courses as index
from coursify.modules.courses.services.attach_video import attach_video
from coursify.modules.courses.services.divide_sitemap import divide_sitemap as divide
from coursify.modules.courses.services.keep_catalogue_counts import keep_catalogue_counts as keep_counts


async def attach_video_job(resources: CoreResources, asset_id: str) -> None:
    """Deferred by media, which knows no course."""
    await attach_video(resources.database, asset_id=UUID(asset_id))


async def reindex_instructor_job(resources: CoreResources, instructor_id: str) -> None:
    """Deferred by users when somebody has a new name, and by an erasure."""
    await index.reindex_instructor(resources.database, instructor_id=UUID(instructor_id))


async def reindex_category_job(resources: CoreResources, category: str) -> None:
    await index.reindex_category(resources.database, category=category)


async def index_missing(resources: CoreResources) -> None:
    """Courses of before a migration, and those that an older version of the application wrote since."""
    await index.reindex_courses(resources.database, deadline=Deadline.within(CLOCK_SECONDS))


async def refresh_words(resources: CoreResources) -> None:
    await words.refresh_words(resources.database, deadline=Deadline.within(CLOCK_SECONDS))


async def keep_catalogue_counts(resources: CoreResources) -> None:
    await keep_counts(resources.database)


async def divide_sitemap(resources: CoreResources) -> None:
    await divide(resources.database, deadline=Deadline.within(CLOCK_SECONDS))
