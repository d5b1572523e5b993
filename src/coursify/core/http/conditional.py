"""Answers that a client may keep or make conditional: content tags for everyone, version tags for editors."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from coursify.core.http.dependencies import caller_of

# Versions begin at 1: an If-Match that names none of ours matches none.
NO_VERSION = 0
_VERSION_TAG = re.compile(r'"v([1-9][0-9]{0,8})"', re.ASCII)


def cacheable(request: Request, response: Response, *, max_age: int) -> Response:
    """To the anonymous: a strong content tag, `public, max-age` in seconds, and 304 when they hold it already.
    To the signed-in: unchanged (the middleware says `no-store`).
    """
    response.headers["Vary"] = "Authorization"
    if caller_of(request) is not None:
        return response
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={max_age}", "Vary": "Authorization"}
    if _is_held(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def version_tag(version: int) -> dict[str, str]:
    """The ETag header of something one may edit."""
    return {"ETag": f'"v{version}"'}


def _is_held(tag: str, if_none_match: str) -> bool:
    """If-None-Match compares weakly: `W/` before a tag is ignored; `*` holds anything."""
    held = {candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")}
    return tag in held or "*" in held


async def _expected_version(
    if_match: Annotated[
        str | None, Header(description='`"v<version>"` from the ETag; anything else is 412 `stale_version`')
    ] = None,
) -> int | None:
    if if_match is None:
        return None
    found = _VERSION_TAG.fullmatch(if_match.strip())
    return int(found[1]) if found else NO_VERSION


IfMatch = Annotated[int | None, Depends(_expected_version)]
