"""Rate limit headers: the remaining requests, and when to retry."""

from __future__ import annotations

import re

import httpx
import pytest
from tests.support.people import API, People

from coursify.rates import RATES

pytestmark = pytest.mark.anyio


async def test_a_response_reports_the_remaining_requests_and_the_reset(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up(client=strict_client)
    first, second = await ada.call("GET", "/users/me"), await ada.call("GET", "/users/me")
    assert first.headers["ratelimit-policy"] == f'"read";q={RATES["read"].limit};w=60'
    left = [int(re.findall(r"r=(\d+)", answer.headers["ratelimit"])[0]) for answer in (first, second)]
    assert left in ([RATES["read"].limit - 1, RATES["read"].limit - 2], [RATES["read"].limit - 1] * 2)
    assert re.fullmatch(r'"read";r=\d+;t=\d+', first.headers["ratelimit"])


async def test_a_limited_response_says_when_to_retry(strict_client: httpx.AsyncClient) -> None:
    body = {"token": "x"}
    answers = [await strict_client.post(f"{API}/users/verify-email", json=body) for _ in range(260)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {400, 429}
    over = answers[statuses.index(429)]
    assert 1 <= int(over.headers["retry-after"]) <= 60
    assert "r=0" in over.headers["ratelimit"]
    assert over.json()["error"]["code"] == "too_many_requests"
    assert (await strict_client.get(f"{API}/courses")).status_code == 200


async def test_each_user_has_a_separate_counter(people: People, strict_client: httpx.AsyncClient) -> None:
    ada, eve = await people.sign_up(client=strict_client), await people.sign_up(client=strict_client)
    for _ in range(5):
        await ada.call("GET", "/users/me")
    assert f"r={RATES['read'].limit - 1}" in (await eve.call("GET", "/users/me")).headers["ratelimit"]
