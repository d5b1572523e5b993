"""Pictures in responses: a row has a path in the store, and a response absolute addresses in three sizes.

The address under which pictures are served is configuration, not data, so no row and no schema has it: the process sets
it once, when its resources are opened, and it is put before the path while a response is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coursify.core.schema import Output


class _Base:
    address = ""


class ImageSizes(Output):
    """A picture whose longest side is at most 320, 640 or 1,280 pixels."""

    small: str
    medium: str
    large: str


@contextmanager
def pictures_served_at(base: str) -> Iterator[None]:
    """Until the block ends, pictures have addresses below `base`."""
    before, _Base.address = _Base.address, base
    try:
        yield
    finally:
        _Base.address = before


def image_sizes(path: str | None) -> ImageSizes | None:
    """The addresses of an uploaded picture; `path` is `<folder>/<hash>`."""
    if path is None:
        return None
    return ImageSizes(small=_url(path, "small"), medium=_url(path, "medium"), large=_url(path, "large"))


def image_url(path: str | None) -> str | None:
    """The address of the size that fits most places."""
    return None if path is None else _url(path, "medium")


def avatar_url(path: str | None, given: str | None) -> str | None:
    """An uploaded picture of a person, or else the address that they gave."""
    return given if path is None else _url(path, "small")


def _url(path: str, size: str) -> str:
    return f"{_Base.address}/images/{path}-{size}.webp"
