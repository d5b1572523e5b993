"""ETag and If-Match: content tags for anonymous readers, version tags for editors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from coursify.core.http.dependencies import caller_of

# Where the cache in front of the router finds the topics of an answer.
TOPICS = "coursify.topics"
# Versions begin at 1, so an If-Match that is not one of our tags matches no version.
NO_VERSION = 0
_VERSION_TAG = re.compile(r'"v([1-9][0-9]{0,8})"', re.ASCII)


def cacheable(request: Request, response: Response, *, max_age: int, topics: Iterable[str] = ()) -> Response:
    """For anonymous callers: an ETag of the content and `public, max-age` (seconds).

    `topics`: the ids of what it shows, or ANY (core/answers.py), for an operation with `is_cached`.
    For signed-in callers: `private, no-store`, because it may say something of them alone.
    """
    response.headers["Vary"] = "Authorization"
    request.scope.get(TOPICS, set()).update(topics)
    if caller_of(request) is not None:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers.update({"ETag": tag, "Cache-Control": f"public, max-age={max_age}"})
    return response


def revalidated(request: Request, response: Response) -> Response:
    """What anyone may read without a credential gets an ETag, unless it has one or says `no-store`."""
    is_stored = "no-store" not in response.headers.get("cache-control", "")
    if caller_of(request) or response.status_code != 200 or "etag" in response.headers or not is_stored:
        return response
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["ETag"] = tag
    return response


def unless_known(request: Request, response: Response) -> Response:
    """For anonymous callers: 304 when If-None-Match has the tag of what would be sent."""
    tag, known = response.headers.get("etag"), request.headers.get("if-none-match", "")
    if caller_of(request) or response.status_code != 200 or not tag or not matches(tag, known):
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control", "vary") if name in response.headers}
    return Response(status_code=304, headers=kept)


def version_tag(version: int) -> dict[str, str]:
    """The ETag header of an editable object."""
    return {"ETag": f'"v{version}"'}


def is_version(tag: str) -> bool:
    """Whether the tag is an editor's, who sends it back in If-Match: it names the version, not the bytes."""
    return _VERSION_TAG.fullmatch(tag) is not None


def matches(tag: str, if_none_match: str) -> bool:
    """If-None-Match compares weakly: `W/` before a tag and its coding are ignored; `*` matches any tag."""
    tags = {candidate.strip().removeprefix("W/").replace('-gzip"', '"') for candidate in if_none_match.split(",")}
    return tag.replace('-gzip"', '"') in tags or "*" in tags


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
