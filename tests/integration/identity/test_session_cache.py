"""The session cache: no queries for cached sessions, no revoked session in the cache."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import jwt
import psycopg
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.people import API, People

from coursify import app as application
from coursify.core.http.context import set_context
from coursify.core.listener import LISTENER
from coursify.core.settings import Settings
from coursify.modules.identity.authenticator import Authenticator
from coursify.resources import open_resources

pytestmark = pytest.mark.anyio


@pytest.fixture
async def replica(settings: Settings, clean: None) -> AsyncIterator[FastAPI]:
    """A second replica on the same database."""
    built = application.build(settings)
    async with built.router.lifespan_context(built):
        yield built


def _client(app: FastAPI, settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(application.wrap(app, settings)), base_url="http://testserver"
    )


async def _trusted(app: FastAPI) -> Authenticator:
    authenticator = resources_of(app).authenticator
    while not authenticator.sessions.is_trusted():  # noqa: ASYNC110  # the clock, not an event, decides
        await asyncio.sleep(0.02)
    return authenticator


async def test_a_revocation_reaches_another_replica_within_a_second(
    people: People, replica: FastAPI, settings: Settings
) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    await _trusted(replica)
    async with _client(replica, settings) as elsewhere:
        headers = {"Authorization": f"Bearer {ada.access_token}"}
        assert (await elsewhere.get(f"{API}/users/me", headers=headers)).status_code == 200
        await admin.call("PUT", f"/admin/users/{ada.id}", {"status": "suspended"})
        started = time.monotonic()
        while (await elsewhere.get(f"{API}/users/me", headers=headers)).status_code == 200:
            assert time.monotonic() - started < 1
            await asyncio.sleep(0.01)


async def test_a_promotion_reaches_another_replica_immediately(
    people: People, replica: FastAPI, settings: Settings
) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    await _trusted(replica)
    async with _client(replica, settings) as elsewhere:
        headers = {"Authorization": f"Bearer {ada.access_token}"}
        assert (await elsewhere.get(f"{API}/admin/users", headers=headers)).status_code == 403
        await admin.call("PUT", f"/admin/users/{ada.id}", {"role": "admin"})
        assert (await elsewhere.get(f"{API}/admin/users", headers=headers)).status_code == 200


async def test_a_cached_session_needs_no_query(people: People, app: FastAPI) -> None:
    ada = await people.sign_up()
    authenticator = await _trusted(app)
    state = await authenticator.sessions.find(_session_id(ada.session))
    assert state is await authenticator.sessions.find(_session_id(ada.session))


async def test_without_a_listener_every_request_reads_postgresql(people: People, settings: Settings) -> None:
    """An application whose lifespan never ran has no listener, so it must not cache."""
    ada = await people.sign_up()
    deaf = application.build(settings)
    async with open_resources(settings) as resources, _client(deaf, settings) as client:
        set_context(deaf, application.make_context(resources))
        headers = {"Authorization": f"Bearer {ada.access_token}"}
        assert (await client.get(f"{API}/users/me", headers=headers)).status_code == 200
        await ada.call("POST", "/users/logout")
        assert (await client.get(f"{API}/users/me", headers=headers)).status_code == 401


async def test_a_listener_that_loses_its_connection_clears_the_cache_and_reconnects(
    people: People, app: FastAPI, settings: Settings
) -> None:
    ada = await people.sign_up()
    authenticator = await _trusted(app)
    before = await authenticator.sessions.find(_session_id(ada.session))
    url = settings.database.database_url.get_secret_value()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as killer:
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [LISTENER]
        )
    async with asyncio.timeout(1.5):
        while authenticator.sessions.is_trusted():  # noqa: ASYNC110  # the clock, not an event, ends the trust
            await asyncio.sleep(0.01)
    assert await ada.is_signed_in()
    await _trusted(app)
    assert await authenticator.sessions.find(_session_id(ada.session)) is not before


def _session_id(session: dict[str, Any]) -> UUID:
    return UUID(jwt.decode(session["accessToken"], options={"verify_signature": False})["sid"])
