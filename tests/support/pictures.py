"""Pictures for tests, made by Pillow, and the requests that upload them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from coursify.core.settings import Settings

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
PILLOW_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


def picture(extension: str = "png", *, width: int = 64, height: int = 48, color: str = "teal", **options: Any) -> bytes:
    """The bytes of a picture of one color."""
    return encoded(Image.new("RGB", (width, height), color), extension, **options)


def encoded(image: Image.Image, extension: str = "png", **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, PILLOW_FORMATS[extension], **options)
    return target.getvalue()


def part(content: bytes, *, name: str = "picture.png", content_type: str | None = None) -> dict[str, Any]:
    """`files` of a request; the content type is that of the extension."""
    declared = content_type or CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return {"files": {"file": (name, content, declared)}}


def stored_files(settings: Settings) -> set[str]:
    """Every object of the local store."""
    folder = settings.media.media_folder
    assert folder is not None
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def scratch_files(settings: Settings) -> list[Path]:
    return [path for path in settings.media.media_scratch_folder.iterdir() if path.is_file()]


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image
