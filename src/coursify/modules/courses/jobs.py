"""What courses does later."""

from __future__ import annotations

from uuid import UUID

from coursify.core.resources import CoreResources
from coursify.modules.courses.services.attach_video import attach_video


async def attach_video_job(resources: CoreResources, asset_id: str) -> None:
    """Deferred by media, which knows no course."""
    await attach_video(resources.database, asset_id=UUID(asset_id))
