"""gzip for what anyone may read: an operation that anyone may call shows no secret, so its length betrays none."""

from __future__ import annotations

import functools
import gzip

from fastapi import Request, Response

from coursify.core.http.conditional import is_version, revalidated, unless_known

LEAST_BYTES = 1_024
_LEVEL = 6
_REFUSED = frozenset({b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"})


@functools.lru_cache(256)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether the client takes gzip; `gzip;q=0` says that it does not."""
    for coding in accept_encoding.lower().split(b","):
        name, _, quality = coding.strip().partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return quality.replace(b" ", b"") not in _REFUSED
    return False


def pack(body: bytes) -> bytes:
    """The same bytes for the same body, whenever it is packed."""
    return gzip.compress(body, _LEVEL, mtime=0)


def packed_tag(tag: str) -> str:
    """Strong tags differ where the bytes differ."""
    return f'{tag[:-1]}-gzip"'


def packed(request: Request, response: Response) -> Response:
    """The response by gzip, when the client takes it and it is JSON of 1 KB or more; with a version's tag as it is."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    if not is_json or is_version(response.headers.get("etag", "")):
        return response
    vary = response.headers.get("vary")
    response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    accepted = request.headers.get("accept-encoding", "").encode("latin-1")
    if response.status_code != 200 or len(response.body) < LEAST_BYTES or not accepts_gzip(accepted):
        return response
    response.body = pack(bytes(response.body))
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    if "etag" in response.headers:
        response.headers["ETag"] = packed_tag(response.headers["etag"])
    return response


def finish_public_read(request: Request, response: Response) -> Response:
    """What anyone may read: with a tag, by gzip, and 304 when the client has it."""
    return unless_known(request, packed(request, revalidated(request, response)))
