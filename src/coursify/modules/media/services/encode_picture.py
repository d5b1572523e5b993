"""A picture is decoded by a process of its own and encoded again: what is stored never has the uploaded bytes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coursify.core.errors import Unavailable
from coursify.core.logging import log
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.media.errors import PictureInvalid, PictureUnsupported
from coursify.modules.media.picture_types import (
    ACCEPTED,
    HEAD_BYTES,
    PictureType,
    is_declared_as,
    is_supported,
    type_of_bytes,
)
from coursify.modules.media.store import IMAGE_SIZES, ImageSize

# A program, and its exit code for what is no picture. It is not imported: only its own process needs its library.
ENCODER = Path(__file__).parents[1] / "picture_encoder.py"
UNREADABLE = 3
MAX_PIXELS = 50_000_000
WITHIN_SECONDS = 20
_HASH_CHARACTERS = 32
# Each takes a core and up to 800 MB for a moment.
_ENCODERS = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """WebP in every size. `hash` is of the large one, so that a picture's address never shows another picture."""

    hash: str
    sizes: dict[ImageSize, bytes]

    @property
    def total_bytes(self) -> int:
        return sum(len(content) for content in self.sizes.values())


async def encode_picture(file: UploadedFile) -> EncodedPicture:
    """Raises PictureUnsupported and PictureInvalid."""
    kind = _check_type(file)
    with _folder(file.path.parent) as target:
        async with _ENCODERS:
            status = await _run(file.path, kind, target)
        if status == UNREADABLE or status < 0:
            raise PictureInvalid
        if status:
            log.error("a picture could not be encoded", status=status)
            raise Unavailable(retry_after=5)
        return picture_of(target)


def picture_of(folder: Path) -> EncodedPicture:
    """What the encoder has written."""
    sizes = {name: (folder / f"{name}.webp").read_bytes() for name in IMAGE_SIZES}
    return EncodedPicture(hashlib.sha256(sizes["large"]).hexdigest()[:_HASH_CHARACTERS], sizes)


def _check_type(file: UploadedFile) -> PictureType:
    with file.path.open("rb") as opened:
        kind = type_of_bytes(opened.read(HEAD_BYTES))
    details = [{"field": "file", "message": ACCEPTED}]
    if kind is None or not is_supported(file.content_type):
        raise PictureUnsupported(details=details)
    if not is_declared_as(kind, filename=file.filename, content_type=file.content_type):
        raise PictureInvalid(
            "The name, the content type and the content of this file are of different types.", details=details
        )
    return kind


@contextmanager
def _folder(scratch: Path) -> Iterator[Path]:
    try:
        with tempfile.TemporaryDirectory(prefix="picture-", dir=scratch) as folder:
            yield Path(folder)
    except OSError as error:
        log.error("the scratch folder cannot be written", error=str(error))
        raise Unavailable(retry_after=5) from error


async def _run(source: Path, kind: PictureType, target: Path) -> int:
    """The exit code; negative when a limit or the time ended it."""
    arguments = [source, kind.format, MAX_PIXELS, target, json.dumps(IMAGE_SIZES)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", *map(str, (ENCODER, *arguments))),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            return await process.wait()
    except TimeoutError:
        return -1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
