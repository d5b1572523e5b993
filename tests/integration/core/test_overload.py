"""Under overload: what waits, what is refused, and what takes no place while it waits for its client."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import client_to
from tests.support.classroom import PREFIX, Classroom

from coursify.core.http.admission import Admission, Kind
from coursify.core.http.context import admission_of
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _busy(app: FastAPI, kind: Kind, *, free: int = 0) -> AsyncIterator[Admission]:
    """Others have the places of this kind, until the block ends."""
    admission = admission_of(app)
    line = admission.line_of(kind)
    for _ in range(kind.at_once - free):
        assert await line.enter()
    try:
        yield admission
    finally:
        for _ in range(kind.at_once - free):
            line.leave()


@asynccontextmanager
async def _full(app: FastAPI, *kinds: Kind) -> AsyncIterator[None]:
    """And somebody waits, longer than others may."""
    kind, *more = kinds
    async with _busy(app, kind) as admission:
        line = admission.line_of(kind)
        waiting = asyncio.create_task(line.enter())
        await asyncio.sleep(0)
        line.interval = kind.seconds
        if more:
            async with _full(app, *more):
                yield
        else:
            yield
    assert await waiting
    line.leave()


async def test_browsing_is_refused_at_once_but_for_what_is_in_the_cache(classroom: Classroom, app: FastAPI) -> None:
    ada = await classroom.person("instructor")
    await classroom.get("/categories")
    async with _full(app, Kind.BROWSING):
        refused = await classroom.get("/courses")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["error"]["requestId"] == refused.headers["x-request-id"]
        assert (await classroom.get("/categories")).status_code == 200
        assert (await ada.get("/users/me")).status_code == 200
        assert (await ada.put("/users/me", {"name": "Sooner"})).status_code == 200
        assert (await classroom.client.get("/health/ready")).status_code == 200
    assert (await classroom.get("/courses")).status_code == 200


async def test_a_page_of_another_origin_may_read_that_it_was_refused(app: FastAPI, settings: Settings) -> None:
    origin = "https://school.example.com"
    changed = dataclasses.replace(settings, app=settings.app.model_copy(update={"cors_origins": (origin,)}))
    async with client_to(app, changed) as browser, _full(app, Kind.BROWSING):
        refused = await browser.get(f"{PREFIX}/courses?sort=newest", headers={"Origin": origin})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (503, origin)


async def test_what_people_came_for_is_refused_only_in_a_line_of_its_own(classroom: Classroom, app: FastAPI) -> None:
    ada = await classroom.person("instructor")
    async with _full(app, Kind.READING, Kind.CHANGING):
        assert (await ada.get("/users/me")).status_code == 503
        assert (await ada.put("/users/me", {"name": "Later"})).status_code == 503
        assert (await classroom.get("/courses")).status_code == 200
    assert (await ada.put("/users/me", {"name": "Later"})).status_code == 200


async def test_a_request_waits_for_a_place_and_is_served(classroom: Classroom, app: FastAPI) -> None:
    ada = await classroom.person("student")
    async with _busy(app, Kind.READING), _busy(app, Kind.BROWSING):
        asked = [asyncio.create_task(get) for get in (ada.get("/users/me"), classroom.get("/courses"))]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in asked)
    assert [(await task).status_code for task in asked] == [200, 200]


async def test_equal_requests_wait_as_one(classroom: Classroom, app: FastAPI) -> None:
    """They wait for one answer, which needs one place."""
    async with _busy(app, Kind.BROWSING, free=1):
        answers = await asyncio.gather(*(classroom.get("/courses?sort=rating") for _ in range(5)))
        assert [answer.status_code for answer in answers] == [200] * 5


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("PUT", f"{PREFIX}/users/me", "application/json"),
        ("PUT", f"{PREFIX}/users/me/avatar", "multipart/form-data; boundary=b"),
        ("POST", "/account/sign-in", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_client_that_sends_slowly_takes_no_place(
    classroom: Classroom, app: FastAPI, method: str, path: str, content_type: str
) -> None:
    ada = await classroom.person("student")
    begun, rest = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        begun.set()
        yield b"--b"
        await rest.wait()
        yield b"--"

    async with _busy(app, Kind.CHANGING, free=1):
        headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": content_type}
        slow = _start(classroom.client.request(method, path, content=body(), headers=headers))
        async with asyncio.timeout(5):
            await begun.wait()
            assert (await ada.put("/users/me", {"name": "Quick"})).status_code == 200
        rest.set()
        assert (await slow).status_code != 503


def _start(request: Awaitable[httpx.Response]) -> asyncio.Future[httpx.Response]:
    return asyncio.ensure_future(request)
