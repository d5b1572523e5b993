"""Attacks on the counter of views (docs/attacks.md, C16 to C18): it stays small, and nothing hidden is confirmed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tests.support.application import resources_of
from tests.support.classroom import PREFIX, Classroom, Json
from tests.support.servers import ServerAddresses
from tests.support.views import Replica, replica, stored

from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio
ADDRESSES = 10_000
# The rest is counted without HTTP, which would take half a minute.
OVER_HTTP = 1_000
REMEMBERED = 500


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


@pytest.fixture
async def behind_proxy(settings: Settings, clean: None) -> AsyncIterator[Replica]:
    """An application behind a proxy that it trusts, which remembers few viewers."""
    proxied = settings.app.model_copy(update={"trusted_proxies": ("127.0.0.1",)})
    async with replica(dataclasses.replace(settings, app=proxied)) as opened:
        resources_of(opened.app).views.seen.most = REMEMBERED
        yield opened


async def test_C16_bots_of_ten_thousand_addresses_fill_no_memory(
    classroom: Classroom, behind_proxy: Replica, course: Json, servers: ServerAddresses
) -> None:
    servers.require_redis()
    resources = resources_of(behind_proxy.app)
    for number in range(OVER_HTTP):
        answer = await behind_proxy.client.post(
            f"{PREFIX}/courses/{course['id']}/view",
            headers={"X-Forwarded-For": f"10.1.{number // 256}.{number % 256}", "User-Agent": f"bot {number}"},
        )
        assert answer.status_code == 202
    for begin in range(OVER_HTTP, ADDRESSES, 100):
        viewers = [f"client 10.1.{number} bot" for number in range(begin, begin + 100)]
        await asyncio.gather(*(resources.views.count(UUID(course["id"]), viewer) for viewer in viewers))
    assert len(resources.views.seen) == REMEMBERED
    await resources.views.flush()
    assert await stored(classroom) == [(ADDRESSES, ADDRESSES)]
    assert not resources.views.has_unsaved


async def test_C17_views_of_unknown_and_malformed_ids_leave_nothing(
    classroom: Classroom, behind_proxy: Replica
) -> None:
    resources = resources_of(behind_proxy.app)
    seen = len(resources.views.seen)
    for course_id in [*(uuid4() for _ in range(200)), "1", "'; DROP TABLE courses; --", "%2e%2e", "\u0661", "-1"]:
        assert (await behind_proxy.view(course_id)).status_code == 404
    assert len(resources.views.seen) == seen
    assert not resources.views.has_unsaved
    assert await stored(classroom) == []


async def test_C18_a_draft_is_not_confirmed_by_a_view(classroom: Classroom, behind_proxy: Replica) -> None:
    draft = await classroom.draft(await classroom.person("instructor"))
    hidden, unknown = await behind_proxy.view(draft["id"]), await behind_proxy.view(uuid4())
    assert hidden.status_code == unknown.status_code == 404
    bodies = [answer.json() for answer in (hidden, unknown)]
    for body in bodies:
        body["error"].pop("requestId")
    assert bodies[0] == bodies[1]
