"""Group G, origins: pages of the allow-list may call and read everything, all others nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.support.application import client_of
from tests.support.people import API, People

from coursify.core.database import Connection
from coursify.core.environment import ConfigurationError
from coursify.core.settings import Settings, load_settings
from coursify.modules.identity.controllers import me

pytestmark = pytest.mark.anyio

OURS = "https://school.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
async def browser(settings: Settings, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that knows one origin."""
    listed = dataclasses.replace(settings, app=settings.app.model_copy(update={"cors_origins": (OURS,)}))
    async with client_of(listed) as opened:
        yield opened


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://school.example.com.evil.example",
        "http://school.example.com",
        OURS + "/",
    ],
)
async def test_G07_an_origin_that_only_looks_like_ours_is_allowed_nothing(
    browser: httpx.AsyncClient, origin: str
) -> None:
    answers = [
        await browser.options(f"{API}/users/me", headers=PREFLIGHT | {"Origin": origin}),
        await browser.get(f"{API}/courses", headers={"Origin": origin}),
    ]
    assert all("access-control-allow-origin" not in answer.headers for answer in answers)


async def test_our_own_pages_may_call_and_read(
    browser: httpx.AsyncClient, people: People, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await browser.options(f"{API}/users/me", headers=PREFLIGHT | {"Origin": OURS})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, OURS)
    assert "PUT" in asked.headers["access-control-allow-methods"]
    assert asked.headers["x-request-id"]
    ada = await people.sign_up(client=browser)

    async def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(me, "update_profile", fail)
    here = {"Origin": OURS}
    answers = [
        await ada.call("GET", "/users/me", headers=here),
        await browser.get(f"{API}/users/me", headers=here),
        await browser.get("/nothing", headers=here),
        await ada.call("PUT", "/users/me", {"name": "x" * 2_000_000}, headers=here),
        await ada.call("PUT", "/users/me", {"name": "Ada"}, headers=here),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 404, 413, 500]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == OURS
        assert "access-control-allow-credentials" not in answer.headers
        assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*.example.com"),
        ("CORS_ORIGINS", "school.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "nginx"),
    ],
)
def test_a_list_that_would_open_more_than_it_says_does_not_start(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for known, right in environment.items():
        monkeypatch.setenv(known, right)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load_settings()
