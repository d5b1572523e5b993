"""Opens an export by its signed link until it expires."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from uuid import UUID

from coursify.core.crypto import Sealer, derive
from coursify.core.database import Connection
from coursify.modules.privacy.errors import ExportExpired, ExportNotFound
from coursify.modules.privacy.queries import exports
from coursify.modules.privacy.sealing import EXPORT_CONTENT


async def open_export(
    db: Connection, *, export_id: UUID, signature: str, sealer: Sealer, server_key: bytes, now: datetime
) -> bytes:
    """Raises ExportNotFound for a wrong signature, ExportExpired after a day."""
    if not hmac.compare_digest(signature.encode(), sign_export(server_key, export_id).encode()):
        raise ExportNotFound
    found = await exports.find_export_content(db, export_id)
    if found is None:
        raise ExportNotFound
    if found.expires_at <= now:
        raise ExportExpired
    if found.content is None:
        raise ExportNotFound
    return sealer.open(found.content, associated_data=EXPORT_CONTENT.for_row(export_id))


def sign_export(server_key: bytes, export_id: UUID) -> str:
    return base64.urlsafe_b64encode(derive(server_key, "export", str(export_id))).decode().rstrip("=")
