"""Which type a picture is: its first bytes, its extension and its content type, if one is declared, agree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

HEAD_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class PictureType:
    """`format` is the name of its decoder."""

    content_type: str
    extensions: frozenset[str]
    format: str


PNG = PictureType("image/png", frozenset({".png"}), "PNG")
JPEG = PictureType("image/jpeg", frozenset({".jpg", ".jpeg"}), "JPEG")
WEBP = PictureType("image/webp", frozenset({".webp"}), "WEBP")
TYPES: Final = (PNG, JPEG, WEBP)
ACCEPTED: Final = "must be .png as image/png, .jpg as image/jpeg or .webp as image/webp"


def type_of_bytes(head: bytes) -> PictureType | None:
    """None for every other type."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return None


def is_declared_as(kind: PictureType, *, filename: str, content_type: str) -> bool:
    """Whether the name and the content type say the same as the bytes; an empty content type says nothing."""
    return content_type in {"", kind.content_type} and PurePath(filename).suffix.lower() in kind.extensions


def is_supported(content_type: str) -> bool:
    return not content_type or content_type in {kind.content_type for kind in TYPES}
