"""Which objects the store must have, by the rows of ready assets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection, fetch_all


@dataclass(frozen=True, slots=True)
class NamedObject:
    asset_id: UUID
    path: str


async def list_named_objects(
    db: Connection, *, picture_sizes: Sequence[str], after_id: UUID, limit: int
) -> list[NamedObject]:
    """Every object of the next `limit` ready assets, by asset."""
    return await fetch_all(
        db,
        NamedObject,
        """
        SELECT assets.id AS asset_id, assets.path || '/' || named.name AS path
        FROM (
            SELECT id, path, kind, image_hash, hls_folder FROM assets
            WHERE status = 'ready' AND id > %(after_id)s ORDER BY id LIMIT %(limit)s
        ) AS assets
        CROSS JOIN LATERAL (
            SELECT image_hash || '-' || size || '.webp' AS name FROM unnest(%(picture_sizes)s::text[]) AS size
            WHERE kind = 'image'
            UNION ALL SELECT 'file' WHERE kind = 'attachment'
            UNION ALL SELECT name FROM unnest(ARRAY['original', 'poster.webp']) AS name WHERE kind = 'video'
            UNION ALL
            SELECT hls_folder || '/' || name || '/' || to_char(number, 'FM99999900000') || '.ts'
            FROM renditions, generate_series(0, cardinality(segment_milliseconds) - 1) AS number
            WHERE asset_id = assets.id
        ) AS named
        ORDER BY assets.id, path
        """,
        picture_sizes=list(picture_sizes),
        after_id=after_id,
        limit=limit,
    )
