"""The address of an upload: an unguessable token, of which only the hash is stored."""

from __future__ import annotations

import secrets
from uuid import UUID

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.media.queries import uploads

TOKEN_BYTES = 32


async def issue_upload_token(db: Connection, asset_id: UUID) -> str:
    """The token with which the bytes of an upload are sent. An access token would end before a long upload does."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await uploads.set_upload_hash(db, asset_id, upload_hash=digest(token))
    return token
