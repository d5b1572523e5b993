"""The operations of media, one resource per file."""

from __future__ import annotations

from coursify.modules.media.controllers import avatars, images, notifications, uploads

ROUTERS = (avatars.router, avatars.stream_router, images.router, notifications.router, uploads.router)
