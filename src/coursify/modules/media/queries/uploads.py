"""SQL of uploads: found by the token of their address, and moved forward when their bytes have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional, fetch_value, fetch_values
from coursify.modules.media.models import Asset

_ASSET: Final = """
    id, owner_id, kind, status, path, filename, content_type, size_bytes, progress, reason, direct_upload, image_hash,
    hls_folder, duration_seconds, created_at, expires_at, processing_at, ready_at, released_at
"""


_OWNER_IS_ACTIVE: Final = """
    EXISTS (SELECT FROM users WHERE users.id = assets.owner_id AND users.status = 'active')
"""


async def set_upload_hash(db: Connection, asset_id: UUID, *, upload_hash: bytes) -> int:
    """The upload can be found by the token that has this hash."""
    return await execute(
        db,
        "UPDATE assets SET upload_hash = %(upload_hash)s WHERE id = %(asset_id)s AND status = 'uploading'",
        asset_id=asset_id,
        upload_hash=upload_hash,
    )


async def find_upload(db: Connection, *, upload_hash: bytes) -> Asset | None:
    """An upload of an active account: that of a suspended or erased one ends."""
    return await fetch_optional(
        db,
        Asset,
        f"""
        SELECT {_ASSET} FROM assets WHERE upload_hash = %(upload_hash)s
          AND {_OWNER_IS_ACTIVE}
        """,
        upload_hash=upload_hash,
    )


async def has_active_owner(db: Connection, asset_id: UUID) -> bool:
    """False as well for an asset that is gone."""
    return await fetch_value(
        db,
        bool,
        f"SELECT EXISTS (SELECT FROM assets WHERE id = %(asset_id)s AND {_OWNER_IS_ACTIVE})",
        asset_id=asset_id,
    )


async def find_direct_upload(db: Connection, *, path: str) -> Asset | None:
    """The asset that is being uploaded straight to the store, into the folder `path`."""
    return await fetch_optional(
        db,
        Asset,
        f"""
        SELECT {_ASSET} FROM assets
        WHERE path = %(path)s AND status = 'uploading' AND direct_upload IS NOT NULL
        """,
        path=path,
    )


async def set_direct_upload(db: Connection, asset_id: UUID, *, direct_upload: str) -> int:
    """The store's own id of an upload that goes straight to it."""
    return await execute(
        db,
        "UPDATE assets SET direct_upload = %(direct_upload)s WHERE id = %(asset_id)s AND status = 'uploading'",
        asset_id=asset_id,
        direct_upload=direct_upload,
    )


async def mark_upload_processing(db: Connection, asset_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE assets SET status = 'processing', processing_at = %(now)s
        WHERE id = %(asset_id)s AND status = 'uploading'
        """,
        asset_id=asset_id,
        now=now,
    )


async def mark_asset_rejected(db: Connection, asset_id: UUID, *, reason: str) -> int:
    """`reason` is a sentence for the owner."""
    return await execute(
        db,
        """
        UPDATE assets SET status = 'rejected', reason = %(reason)s
        WHERE id = %(asset_id)s AND status IN ('uploading', 'processing')
        """,
        asset_id=asset_id,
        reason=reason,
    )


async def mark_file_ready(db: Connection, asset_id: UUID, *, now: datetime) -> int:
    """The bytes are served as they were uploaded."""
    return await execute(
        db,
        """
        UPDATE assets SET status = 'ready', ready_at = %(now)s, progress = 100
        WHERE id = %(asset_id)s AND status IN ('uploading', 'processing')
        """,
        asset_id=asset_id,
        now=now,
    )


async def list_unfinished(db: Connection, asset_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the assets that are being uploaded or processed."""
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM assets WHERE id = ANY(%(asset_ids)s) AND status IN ('uploading', 'processing')",
        asset_ids=list(asset_ids),
    )
