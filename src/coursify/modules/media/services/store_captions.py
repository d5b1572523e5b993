"""Captions of a video are checked and stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.media.errors import CaptionsRefused
from coursify.modules.media.queries import captions
from coursify.modules.media.webvtt import CaptionsInvalid, read_captions


async def store_captions(db: Connection, *, asset_id: UUID, language: str, raw: bytes, now: datetime) -> None:
    """Replaces those of the same language. Raises CaptionsRefused with the line."""
    try:
        content = read_captions(raw)
    except CaptionsInvalid as invalid:
        details = [{"field": f"line {invalid.line}", "message": invalid.problem}]
        raise CaptionsRefused(details=details) from invalid
    await captions.upsert_captions(db, asset_id, language=language, content=content, now=now)
