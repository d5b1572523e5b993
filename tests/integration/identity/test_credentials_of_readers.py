"""With an expired token, public pages answer as for everyone, and everything else says that the token is invalid."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import httpx
import pytest
from tests.support.people import API, PASSWORD, People

from coursify.core import ratelimit

pytestmark = pytest.mark.anyio
INVALID = 'Bearer error="invalid_token"'


async def test_an_ended_session_reads_public_pages_and_is_told_where_a_token_is_needed(people: People) -> None:
    ada = await people.sign_up()
    await ada.call("POST", "/users/logout")
    for path in ("/courses", "/categories", "/search/suggest?q=a", "/reviews", "/payments/config"):
        anonymous, answer = await people.client.get(f"{API}{path}"), await ada.call("GET", path)
        assert (answer.status_code, answer.content) == (200, anonymous.content), path
        assert answer.headers["cache-control"] == anonymous.headers["cache-control"]
    refused = await ada.call("GET", "/users/me")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, INVALID)
    assert (await people.client.get(f"{API}/users/me")).headers["www-authenticate"] == "Bearer"


async def test_a_write_that_anyone_may_make_never_loses_its_author_silently(people: People) -> None:
    ada = await people.sign_up()
    await ada.call("POST", "/users/logout")
    refused = await ada.call("POST", "/notices", {"reason": "copyright", "text": "Copied."})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, INVALID)


@pytest.mark.slow
async def test_a_school_behind_one_address_signs_up_and_stays_signed_in(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    everyone = [await people.sign_up(client=strict_client) for _ in range(160)]
    statuses = Counter([(await everyone[number % 160].refresh_once()).status_code for number in range(180)])
    assert statuses == {200: 180}
    signed_in = Counter([(await person.login()).status_code for person in everyone[:130]])
    assert signed_in == {200: 130}


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates are counted in windows of a minute; here it is always the same one."""
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))


@pytest.mark.usefixtures("one_window")
async def test_failures_count_against_the_address(strict_client: httpx.AsyncClient) -> None:
    tokens = [
        await strict_client.post(f"{API}/users/refresh-token", json={"refreshToken": "x" * 43}) for _ in range(130)
    ]
    assert Counter(answer.status_code for answer in tokens) == {401: 120, 429: 10}
    assert "retry-after" in tokens[-1].headers


@pytest.mark.usefixtures("one_window")
async def test_one_session_and_one_account_cannot_loop_for_ever(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up(client=strict_client)
    refreshed = Counter([(await ada.refresh_once()).status_code for _ in range(40)])
    assert refreshed == {200: 30, 429: 10}
    body = {"email": ada.email, "password": PASSWORD}
    signed_in = Counter([(await strict_client.post(f"{API}/users/login", json=body)).status_code for _ in range(70)])
    assert signed_in == {200: 60, 429: 10}
