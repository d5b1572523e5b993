"""Ready videos, as transcoding leaves them: rows, sealed keys, and encrypted segments in the store."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from coursify.core.database import Connection
from coursify.modules.media.hls import key_number, segment_iv
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets
from coursify.modules.media.sealing import SEGMENT_KEY
from coursify.resources import Resources

CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe words of the lesson\n"
POSTER = b"RIFF\x04\x00\x00\x00WEBP"
RENDITIONS = {"240p": (426, 240, 300_000), "360p": (640, 360, 700_000)}


@dataclass
class Video:
    """What a test compares with: the keys, and the segments as they were before they were encrypted."""

    asset: Asset
    keys: list[bytes] = field(default_factory=list)
    clear: dict[str, list[bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Videos:
    """Puts videos into lessons, through the application's own store and sealer."""

    db: Connection
    resources: Resources

    async def hls(
        self,
        owner_id: UUID,
        lesson_id: str,
        *,
        segments: int = 12,
        clear: dict[str, list[bytes]] | None = None,
        captions: str = CAPTIONS,
    ) -> Video:
        """A video of six-second segments, with English captions; `clear` names real ones by their rendition."""
        video = Video(await self._asset(owner_id, hls_folder="h" + secrets.token_hex(8)))
        video.clear = clear or {name: [make_segment(name, n) for n in range(segments)] for name in RENDITIONS}
        count = max(map(len, video.clear.values()))
        video.keys = [secrets.token_bytes(16) for _ in range(key_number(count - 1) + 1)]
        for number, key in enumerate(video.keys):
            await self._insert_key(video.asset, number, key)
        for name in video.clear:
            await self._insert_rendition(video, name)
        await self._put(f"{video.asset.path}/poster.webp", POSTER, "image/webp")
        await self.db.execute("INSERT INTO captions VALUES (%s, 'en', %s, now())", [video.asset.id, captions])
        await self._show(lesson_id, video.asset)
        return video

    async def _insert_rendition(self, video: Video, name: str) -> None:
        asset, clear = video.asset, video.clear[name]
        for number, content in enumerate(clear):
            encrypted = encrypt(video.keys[key_number(number)], segment_iv(asset, name, number), content)
            await self._put(asset.segment(name, number), encrypted, "video/mp2t")
        width, height, bandwidth = RENDITIONS.get(name, (320, 180, 200_000))
        await self.db.execute(
            "INSERT INTO renditions VALUES (%s, %s, %s, %s, %s, 'avc1.42c01e,mp4a.40.2', %s)",
            [asset.id, name, width, height, bandwidth, [6_000] * len(clear)],
        )

    async def file(self, owner_id: UUID, lesson_id: str, content: bytes) -> Video:
        """A video that is served as it was uploaded."""
        video = Video(await self._asset(owner_id, hls_folder=None, size=len(content)))
        await self._put(video.asset.original, content, "video/mp4")
        await self._show(lesson_id, video.asset)
        return video

    async def processing(self, owner_id: UUID, lesson_id: str) -> None:
        """The first video of a lesson, while it is prepared."""
        asset = await self._asset(owner_id, hls_folder=None, status="processing")
        await self.db.execute(
            "INSERT INTO lesson_videos (lesson_id, next_asset_id) VALUES (%s, %s)", [lesson_id, asset.id]
        )

    async def _asset(self, owner_id: UUID, *, hls_folder: str | None, size: int = 1, status: str = "ready") -> Asset:
        path = secrets.token_urlsafe(24)
        cursor = await self.db.execute(
            """
            INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, hls_folder,
                                duration_seconds, created_at, processing_at, ready_at, progress)
            VALUES (%s, 'video', %s, %s, 'lesson.mp4', 'video/mp4', %s, %s, 72, now(), now(), now(), 100)
            RETURNING id
            """,
            [owner_id, status, path, size, hls_folder],
        )
        row: Any = await cursor.fetchone()
        return await assets.lock_asset(self.db, row[0])

    async def _insert_key(self, asset: Asset, number: int, key: bytes) -> None:
        cursor = await self.db.execute("SELECT uuidv7()")
        row: Any = await cursor.fetchone()
        sealed = self.resources.sealer.seal(key, associated_data=SEGMENT_KEY.for_row(row[0]))
        await self.db.execute(
            "INSERT INTO segment_keys (id, asset_id, number, sealed_key) VALUES (%s, %s, %s, %s)",
            [row[0], asset.id, number, sealed],
        )

    async def _put(self, path: str, content: bytes, content_type: str) -> None:
        await self.resources.media.put(path, content, content_type=content_type)

    async def _show(self, lesson_id: str, asset: Asset) -> None:
        """The lesson plays this asset from now on."""
        await self.db.execute(
            """
            INSERT INTO lesson_videos (lesson_id, asset_id) VALUES (%s, %s)
            ON CONFLICT (lesson_id) DO UPDATE SET asset_id = EXCLUDED.asset_id
            """,
            [lesson_id, asset.id],
        )


def make_segment(rendition: str, number: int) -> bytes:
    """Packets of 188 bytes that begin with the sync byte of MPEG-TS."""
    packet = b"\x47" + f"{rendition} segment {number}".encode()
    return packet.ljust(188, b"\xff") * 20


def encrypt(key: bytes, iv: bytes, clear: bytes) -> bytes:
    padder, cipher = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(padder.update(clear) + padder.finalize()) + cipher.finalize()


def decrypt(key: bytes, iv: bytes, encrypted: bytes) -> bytes:
    cipher, unpadder = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor(), PKCS7(128).unpadder()
    return unpadder.update(cipher.update(encrypted) + cipher.finalize()) + unpadder.finalize()
