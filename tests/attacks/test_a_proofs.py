"""Group A in numbers: small in `make test`, in full by `make prove`."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.support.people import API, People, Person

from coursify.modules.users.desk import Desk

pytestmark = pytest.mark.anyio

PROVE = bool(os.environ.get("COURSIFY_PROVE"))
SAMPLES = 2_000 if PROVE else 30
# So few samples as in `make test` can only show a gross difference.
MAX_AUC = 0.55 if PROVE else 0.8
FAMILIES = 1_000 if PROVE else 12
GUESSED_ACCOUNTS, GUESSES = (1_000, 10_000) if PROVE else (10, 200)


def _area_under_curve(first: list[float], second: list[float]) -> float:
    """How well a threshold on time tells the two apart: 0.5 is not at all, 1 is always."""
    ranked = sorted([(seconds, 0) for seconds in first] + [(seconds, 1) for seconds in second])
    ranks = sum(rank for rank, (_seconds, which) in enumerate(ranked, start=1) if which)
    area = (ranks - len(second) * (len(second) + 1) / 2) / (len(first) * len(second))
    return max(area, 1 - area)


@pytest.mark.parametrize("path", ["login", "forgot-password", "resend-verification"])
async def test_A01_time_does_not_tell_a_known_address_from_an_unknown_one(people: People, path: str) -> None:
    await people.sign_up(email="known@example.com")
    times: dict[str, list[float]] = {"known@example.com": [], "other@example.com": []}
    for _ in range(SAMPLES):
        for email in random.sample(sorted(times), 2):
            body = {"email": email} | ({"password": "wrong-one-42"} if path == "login" else {})
            started = time.perf_counter()
            await people.client.post(f"{API}/users/{path}", json=body)
            times[email].append(time.perf_counter() - started)
    assert _area_under_curve(*times.values()) <= MAX_AUC


async def test_A13_no_honest_client_of_many_is_signed_out(people: People) -> None:
    for start in range(0, FAMILIES, 20):
        family = [await people.sign_up() for _ in range(min(20, FAMILIES - start))]
        answers = await asyncio.gather(*(person.refresh() for person in family for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["data"]["refreshToken"] for answer in answers}) == len(family)
    ended = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"
    assert await people.value(ended) == 0


async def test_A12_every_stale_token_of_many_ends_its_family(people: People) -> None:
    for start in range(0, FAMILIES, 20):
        family = [await people.sign_up() for _ in range(min(20, FAMILIES - start))]
        for person in family:
            child = (await person.refresh()).json()["data"]["refreshToken"]
            await person.refresh(child)
        answers = await asyncio.gather(*(person.refresh() for person in family))
        assert {answer.status_code for answer in answers} == {401}
    assert await people.value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 0
    assert await people.value("SELECT count(*) FROM security_events WHERE kind = 'token_reused'") == FAMILIES


@pytest.fixture
async def counted(strict_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many passwords were verified for each account, and every request from another address."""
    application: Any = strict_client._transport
    built: FastAPI = application.app._app
    desk: Desk = built.state.desk
    verified: Counter[str] = Counter()
    verify = desk.passwords.verify

    async def verify_and_count(password: str, stored: str | None) -> bool:
        verified[password.partition(" ")[0]] += 1
        return await verify(password, stored)

    monkeypatch.setattr(desk.passwords, "verify", verify_and_count)
    return verified


async def test_A22_many_guesses_over_many_accounts_verify_ten_at_most_for_each(
    people: People, strict_client: httpx.AsyncClient, counted: Counter[str]
) -> None:
    owner = await people.sign_up(email="account0@example.com")
    device = (await owner.login()).json()["data"]["deviceToken"]
    transport: Any = strict_client._transport
    for number in range(GUESSES):
        transport.client = (f"198.18.{number % 65_536 // 256}.{number % 256}", 1)
        account = number % GUESSED_ACCOUNTS
        body = {"email": f"account{account}@example.com", "password": f"account{account} guess"}
        assert (await strict_client.post(f"{API}/users/login", json=body)).status_code in {401, 429}
    assert max(counted.values()) <= 10
    known = Person(strict_client, owner.email, owner.password)
    assert (await known.login()).status_code == 429
    assert (await known.login(headers={"X-Device-Token": device})).status_code == 200
