"""SQL of assets: found, locked, moved forward."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value
from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.models import Asset, AssetKind, Usage

_ASSET: Final = """
    id, owner_id, kind, status, path, filename, content_type, size_bytes, progress, reason, direct_upload, image_hash,
    hls_folder, duration_seconds, created_at, expires_at, processing_at, ready_at, released_at
"""


async def insert_asset(
    db: Connection,
    *,
    owner_id: UUID,
    kind: AssetKind,
    path: str,
    filename: str,
    content_type: str,
    size_bytes: int,
    expires_at: datetime,
    now: datetime,
) -> Asset:
    """An asset that is being uploaded."""
    return await fetch_one(
        db,
        Asset,
        f"""
        INSERT INTO assets (owner_id, kind, path, filename, content_type, size_bytes, expires_at, created_at)
        VALUES (%(owner_id)s, %(kind)s, %(path)s, %(filename)s, %(content_type)s, %(size_bytes)s, %(expires_at)s,
                %(now)s)
        RETURNING {_ASSET}
        """,
        owner_id=owner_id,
        kind=kind,
        path=path,
        filename=filename,
        content_type=content_type,
        size_bytes=size_bytes,
        expires_at=expires_at,
        now=now,
    )


async def find_asset(db: Connection, asset_id: UUID) -> Asset | None:
    return await fetch_optional(db, Asset, f"SELECT {_ASSET} FROM assets WHERE id = %(asset_id)s", asset_id=asset_id)


async def lock_asset(db: Connection, asset_id: UUID) -> Asset:
    """The asset, which nobody else changes until this transaction ends. Raises AssetNotFound."""
    asset = await fetch_optional(
        db,
        Asset,
        f"SELECT {_ASSET} FROM assets WHERE id = %(asset_id)s FOR NO KEY UPDATE",
        asset_id=asset_id,
    )
    if asset is None:
        raise AssetNotFound
    return asset


async def find_usage(db: Connection, owner_id: UUID) -> Usage:
    return await fetch_one(
        db,
        Usage,
        """
        SELECT count(*) FILTER (WHERE status = 'uploading') AS open_uploads,
               coalesce(sum(size_bytes), 0)::bigint AS total_bytes
        FROM assets WHERE owner_id = %(owner_id)s AND status NOT IN ('rejected', 'released')
        """,
        owner_id=owner_id,
    )


async def list_assets_of(db: Connection, owner_id: UUID) -> list[Asset]:
    """The person's assets that are not released, newest first."""
    return await fetch_all(
        db,
        Asset,
        f"SELECT {_ASSET} FROM assets WHERE owner_id = %(owner_id)s AND status <> 'released' ORDER BY id DESC",
        owner_id=owner_id,
    )


async def mark_picture_ready(db: Connection, asset_id: UUID, *, image_hash: str, now: datetime) -> int:
    """A picture is stored and about to be attached. 0 when it was released since it was opened."""
    return await execute(
        db,
        """
        UPDATE assets SET status = 'ready', progress = 100, image_hash = %(image_hash)s, ready_at = %(now)s,
               expires_at = NULL
        WHERE id = %(asset_id)s AND kind = 'image' AND status = 'uploading'
        """,
        asset_id=asset_id,
        image_hash=image_hash,
        now=now,
    )


async def is_ready_picture(db: Connection, *, path: str, image_hash: str) -> bool:
    """Whether anyone may see the picture `<path>/<image_hash>`."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT EXISTS (SELECT FROM assets
                       WHERE path = %(path)s AND kind = 'image' AND image_hash = %(image_hash)s AND status = 'ready')
        """,
        path=path,
        image_hash=image_hash,
    )


async def mark_asset_released(db: Connection, asset_id: UUID, *, now: datetime) -> int:
    """Nothing uses the asset any longer."""
    return await execute(
        db,
        """
        UPDATE assets SET status = 'released', released_at = %(now)s, upload_hash = NULL
        WHERE id = %(asset_id)s AND status <> 'released'
        """,
        asset_id=asset_id,
        now=now,
    )


async def list_expired_uploads(db: Connection, *, now: datetime, limit: int) -> list[Asset]:
    return await fetch_all(
        db,
        Asset,
        f"""
        SELECT {_ASSET} FROM assets WHERE status = 'uploading' AND expires_at <= %(now)s
        ORDER BY expires_at LIMIT %(limit)s
        """,
        now=now,
        limit=limit,
    )


async def delete_asset(db: Connection, asset_id: UUID) -> int:
    """Delete the row of a released asset, when its bytes are gone."""
    return await execute(db, "DELETE FROM assets WHERE id = %(asset_id)s AND status = 'released'", asset_id=asset_id)
