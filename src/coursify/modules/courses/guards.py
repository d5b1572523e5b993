"""What the courses' controllers ask of a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from coursify.core.settings import Settings


async def _default_currency(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.app.default_currency


async def _must_be_verified(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return settings.app.require_verified_to_publish


DefaultCurrency = Annotated[str, Depends(_default_currency)]
MustBeVerified = Annotated[bool, Depends(_must_be_verified)]
# It stands where other operations have `{course_id}`, under that name: OpenAPI knows no two templates of one path.
IdOrSlug = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$", description="a course's id or slug")]
CategorySlug = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
