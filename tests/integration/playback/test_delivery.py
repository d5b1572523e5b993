"""Where the bytes come from: the application, nginx beside it, a CDN in front of it, or a store elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import Classroom, Person
from tests.support.player import Player, VideoLesson
from tests.support.videos import Videos

from coursify import app as application
from coursify.core.http.context import context_of, set_context
from coursify.core.settings import Settings
from coursify.integrations.local_store import LocalStore

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def media_settings(app: FastAPI, store: Any = None, **changes: Any) -> AsyncIterator[None]:
    """The application with other settings of media, and with another store."""
    usual, resources = context_of(app), resources_of(app)
    media = resources.settings.media.model_copy(update=changes)
    changed = dataclasses.replace(
        resources, settings=dataclasses.replace(resources.settings, media=media), media=store or resources.media
    )
    set_context(app, application.make_context(changed))
    try:
        yield
    finally:
        set_context(app, usual)


class SignedStore(LocalStore):
    """A store that signs addresses of its own, as S3 does."""

    name = "s3"

    async def address(self, path: str, *, seconds: int, filename: str | None = None) -> str | None:
        return f"https://bucket.example.com/{path}?expires={seconds}{filename or ''}"


async def test_a_cdn_serves_segments_and_nothing_else(
    app: FastAPI, player: Player, lesson: VideoLesson, learner: Person
) -> None:
    async with media_settings(app, media_public_url="https://cdn.example.com/media"):
        playback = await player.open(lesson, learner)
        playlist = await player.text(urljoin(playback["url"], "240p.m3u8"))
    assert playback["url"].startswith("http://testserver/media/playback/")
    addresses = [line for line in playlist.splitlines() if not line.startswith("#")]
    assert addresses[0] == f"https://cdn.example.com/media/segments/{lesson.video.asset.segment('240p', 0)}"
    assert 'URI="keys/0"' in playlist


async def test_nginx_sends_the_bytes_after_the_gate_was_asked(
    app: FastAPI,
    client: httpx.AsyncClient,
    player: Player,
    lesson: VideoLesson,
    learner: Person,
    classroom: Classroom,
    videos: Videos,
    teacher: Person,
) -> None:
    segment = lesson.video.asset.segment("240p", 0)
    async with media_settings(app, media_accel_prefix="/media-files/"):
        answer = await client.get(f"/media/segments/{segment}")
        assert (answer.content, answer.headers["x-accel-redirect"]) == (b"", f"/media-files/{segment}")
        assert answer.headers["content-type"] == "video/mp2t"
        assert "immutable" in answer.headers["cache-control"]
        video = await videos.file(teacher.id, lesson.id, b"0123456789")
        playback = await player.open(lesson, learner)
        answer = await client.get(playback["url"])
        assert (answer.content, answer.headers["x-accel-redirect"]) == (b"", f"/media-files/{video.asset.original}")
        assert answer.headers["cache-control"] == "private, no-store"
        await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'revoked'")
        answer = await client.get(playback["url"])
        assert (answer.status_code, "x-accel-redirect" in answer.headers) == (403, False)


async def test_a_store_elsewhere_sends_segments_and_files_still_pass_the_gate(
    app: FastAPI,
    settings: Settings,
    client: httpx.AsyncClient,
    player: Player,
    lesson: VideoLesson,
    learner: Person,
    videos: Videos,
    teacher: Person,
) -> None:
    folder = settings.media.media_folder
    assert folder
    segment = lesson.video.asset.segment("240p", 0)
    async with media_settings(app, SignedStore(folder)):
        answer = await client.get(f"/media/segments/{segment}")
        assert (answer.status_code, answer.content) == (307, b"")
        assert answer.headers["location"] == f"https://bucket.example.com/{segment}?expires=3600"
        assert answer.headers["cache-control"] == "public, max-age=600"
        await videos.file(teacher.id, lesson.id, b"0123456789")
        playback = await player.open(lesson, learner)
        answer = await client.get(playback["url"], headers={"Range": "bytes=2-4"})
        assert (answer.status_code, answer.content) == (206, b"234")
