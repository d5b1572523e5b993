"""Requests an export: a job prepares it, and a signed link opens it for a day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.modules.privacy.models import EXPORT_LIFETIME, Export
from coursify.modules.privacy.queries import exports
from coursify.modules.users.services.lock_active_user import lock_active_user

MAKE_EXPORT = "privacy.make_export"


async def request_export(db: Connection, *, user_id: UUID, now: datetime) -> Export:
    """Return the export that has not expired, or a new one. Raises Unauthorized when the account has been erased."""
    await lock_active_user(db, user_id)
    export = await exports.find_live_export(db, user_id=user_id, now=now)
    if export is None:
        export = await exports.insert_export(db, user_id=user_id, expires_at=now + EXPORT_LIFETIME, now=now)
        await jobs.defer(db, MAKE_EXPORT, export_id=export.id)
    return export
