"""What the courses' controllers ask of a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import AfterValidator

from coursify.core.http import ClientAddress, Configuration, MaybeSignedIn, resources_of
from coursify.core.language_tags import canonical_tag
from coursify.core.policy import KIB
from coursify.modules.courses.errors import CaptionsTypeRequired
from coursify.modules.courses.view_counter import CourseResources, ViewCounter


async def _default_currency(settings: Configuration) -> str:
    return settings.app.default_currency


async def _must_be_verified(settings: Configuration) -> bool:
    return settings.app.require_verified_to_publish


async def _video_hosts(settings: Configuration) -> tuple[str, ...]:
    return settings.app.external_video_hosts


async def _views(request: Request) -> ViewCounter:
    return resources_of(request, CourseResources).views


async def _viewer(request: Request, caller: MaybeSignedIn, address: ClientAddress) -> str:
    """Who views: the person, or else a client by its address and user agent. Only a keyed hash of it is stored."""
    if caller:
        return f"person {caller.user_id}"
    return f"client {address} {request.headers.get('user-agent', '')[:_USER_AGENT_LENGTH]}"


_USER_AGENT_LENGTH = 500


async def _captions(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "text/vtt" or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise CaptionsTypeRequired
    return await request.body()


OWNER = "the course's instructor"
OWNER_OR_ADMIN = "the course's instructor; an admin any"
# Descriptions and lessons: a hundred thousand characters, of which each may be written as an escape.
LONG_BODY_BYTES = 1_024 * KIB
DefaultCurrency = Annotated[str, Depends(_default_currency)]
MustBeVerified = Annotated[bool, Depends(_must_be_verified)]
Views = Annotated[ViewCounter, Depends(_views)]
Viewer = Annotated[str, Depends(_viewer)]
VideoHosts = Annotated[tuple[str, ...], Depends(_video_hosts)]
# It is where other operations have `{course_id}`, under that name: OpenAPI knows no two templates of one path.
IdOrSlug = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$", description="a course's id or slug")]
CategorySlug = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
CaptionsBody = Annotated[bytes, Depends(_captions)]
LanguageTag = Annotated[
    str,
    Path(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$", description="a language tag, such as en"),
    AfterValidator(canonical_tag),
]
# Bodies that are not JSON, for the documentation.
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
VTT = {"requestBody": {"required": True, "content": {"text/vtt": {"schema": {"type": "string"}}}}}
