"""Byte ranges (RFC 9110, section 14): one range is answered, anything else gets the whole file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from fastapi import Request

from coursify.core.errors import RangeNotSatisfiable

_SINGLE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file of which ranges are asked; `etag` is a strong one, in its quotes."""

    size: int
    content_type: str
    etag: str
    modified_at: datetime

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified_at.replace(microsecond=0), usegmt=True)


@dataclass(frozen=True, slots=True)
class ServedRange:
    """The bytes that answer a request: `length` ones from `start`, with the status and headers that say so."""

    start: int
    length: int
    status: int
    headers: dict[str, str]


def choose_range(request: Request, file: ServedFile) -> ServedRange:
    """The whole file for a HEAD, without a range, with several or an invalid one, and when If-Range names another file.

    Raises RangeNotSatisfiable for a range that begins behind the end.
    """
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": file.etag,
        "Last-Modified": file.last_modified,
        "Content-Type": file.content_type,
    }
    found = None
    if request.method == "GET" and _is_current(request.headers.get("if-range"), file):
        found = read_range(request.headers.get("range"), size=file.size)
    if found is None:
        return ServedRange(0, file.size, 200, headers | {"Content-Length": str(file.size)})
    first, last = found
    length = last - first + 1
    part = {"Content-Range": f"bytes {first}-{last}/{file.size}", "Content-Length": str(length)}
    return ServedRange(first, length, 206, headers | part)


def read_range(header: str | None, *, size: int) -> tuple[int, int] | None:
    """The first and last byte of the one range that is asked for. Raises RangeNotSatisfiable."""
    found = _SINGLE.fullmatch(header) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), int(last) if last else size - 1
        if last and end < begin:
            return None
    if begin >= size:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return begin, min(end, size - 1)


def _is_current(if_range: str | None, file: ServedFile) -> bool:
    """Whether the client has a part of this very file. Both kinds of validator are compared exactly."""
    return if_range is None or if_range.strip() in {file.etag, file.last_modified}
