"""The segments of a video are encrypted and stored under a new folder, and then become what is played, all at once."""

from __future__ import annotations

import asyncio
import math
import os
import secrets
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from PIL import Image

from coursify.core import jobs
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.modules.media.ffmpeg.encode import Encoded
from coursify.modules.media.hls import key_number, segment_iv
from coursify.modules.media.models import Asset, Rendition, SegmentKey
from coursify.modules.media.queries import assets, transcoding
from coursify.modules.media.sealing import SEGMENT_KEY
from coursify.modules.media.store import MediaResources, MediaStore

KEY_BYTES = 16
SEGMENT_TYPE, POSTER_TYPE = "video/mp2t", "image/webp"
POSTER_QUALITY = 80


async def publish_renditions(resources: MediaResources, *, asset: Asset, encoded: list[Encoded], poster: Path) -> None:
    """An asset that was released or made ready by another attempt keeps nothing of this one."""
    hls_folder = f"hls-{secrets.token_hex(8)}"
    keys = [os.urandom(KEY_BYTES) for _number in range(key_number(len(encoded[0].segments) - 1) + 1)]
    await _store(resources.media, asset, encoded, hls_folder=hls_folder, keys=keys)
    await resources.media.put(f"{asset.path}/poster.webp", _webp(poster), content_type=POSTER_TYPE)
    async with resources.database.transaction() as (db, now):
        is_published = await _publish(db, resources.sealer, asset, encoded, hls_folder=hls_folder, keys=keys, now=now)
        current = await assets.find_asset(db, asset.id)
    if is_published:
        await _remove_other_attempts(resources.media, asset, hls_folder)
    elif current is not None and current.is_ready:
        await resources.media.delete_folder(f"{asset.path}/{hls_folder}")
    else:
        await resources.media.delete_folder(asset.path)


async def _store(
    store: MediaStore, asset: Asset, encoded: list[Encoded], *, hls_folder: str, keys: list[bytes]
) -> None:
    for rendition in encoded:
        for number, segment in enumerate(rendition.segments):
            iv = segment_iv(asset, rendition.target.name, number)
            sealed = await asyncio.to_thread(_encrypt, segment, keys[key_number(number)], iv)
            path = f"{asset.path}/{hls_folder}/{rendition.target.name}/{number:05d}.ts"
            await store.put(path, sealed, content_type=SEGMENT_TYPE)
            segment.unlink()


def _encrypt(segment: Path, key: bytes, iv: bytes) -> bytes:
    """As `METHOD=AES-128` of HLS wants it: AES-128 in CBC mode with PKCS7 padding."""
    padder = PKCS7(AES.block_size).padder()
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    padded = padder.update(segment.read_bytes()) + padder.finalize()
    return encryptor.update(padded) + encryptor.finalize()


def _webp(poster: Path) -> bytes:
    target = BytesIO()
    with Image.open(poster, formats=("PNG",)) as picture:
        picture.convert("RGB").save(target, "WEBP", quality=POSTER_QUALITY)
    return target.getvalue()


async def _publish(
    db: Connection,
    sealer: Sealer,
    asset: Asset,
    encoded: list[Encoded],
    *,
    hls_folder: str,
    keys: list[bytes],
    now: datetime,
) -> bool:
    """Whether the video became ready by this."""
    seconds = math.ceil(sum(encoded[0].milliseconds) / 1_000 - 0.5)
    is_ready = await transcoding.mark_video_ready(
        db, asset.id, hls_folder=hls_folder, duration_seconds=max(1, seconds), now=now
    )
    if not is_ready:
        return False
    for rendition in encoded:
        await transcoding.insert_rendition(db, _row(asset, rendition))
    for number, key in enumerate(keys):
        key_id = uuid4()
        sealed = sealer.seal(key, associated_data=SEGMENT_KEY.for_row(key_id))
        await transcoding.insert_segment_key(db, SegmentKey(key_id, asset.id, number, sealed))
    await jobs.defer(db, "courses.attach_video", asset_id=asset.id)
    return True


def _row(asset: Asset, encoded: Encoded) -> Rendition:
    target = encoded.target
    return Rendition(
        asset_id=asset.id,
        name=target.name,
        width=target.width,
        height=target.height,
        bandwidth=encoded.bandwidth,
        codecs=encoded.codecs,
        segment_milliseconds=encoded.milliseconds,
    )


async def _remove_other_attempts(store: MediaStore, asset: Asset, hls_folder: str) -> None:
    folders = {stored.path.split("/")[1] for stored in await store.list_objects(asset.path)}
    for folder in folders:
        if folder.startswith("hls-") and folder != hls_folder:
            await store.delete_folder(f"{asset.path}/{folder}")
