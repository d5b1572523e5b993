"""What the courses' controllers ask of a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from coursify.core.http import Configuration
from coursify.core.policy import KIB


async def _default_currency(settings: Configuration) -> str:
    return settings.app.default_currency


async def _must_be_verified(settings: Configuration) -> bool:
    return settings.app.require_verified_to_publish


async def _video_hosts(settings: Configuration) -> tuple[str, ...]:
    return settings.app.external_video_hosts


OWNER = "the course's instructor"
OWNER_OR_ADMIN = "the course's instructor; an admin any"
# Descriptions and lessons: a hundred thousand characters, of which each may be written as an escape.
LONG_BODY_BYTES = 1_024 * KIB
DefaultCurrency = Annotated[str, Depends(_default_currency)]
MustBeVerified = Annotated[bool, Depends(_must_be_verified)]
VideoHosts = Annotated[tuple[str, ...], Depends(_video_hosts)]
# It is where other operations have `{course_id}`, under that name: OpenAPI knows no two templates of one path.
IdOrSlug = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$", description="a course's id or slug")]
CategorySlug = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
