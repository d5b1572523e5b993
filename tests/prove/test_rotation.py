"""Concurrent refreshes over two replicas sign nobody out; a used token that is sent again revokes its family.

`make test` runs a short round, `make prove` a thousand families.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.prove.conftest import Clients
from tests.support.people import API, People, Person

pytestmark = pytest.mark.anyio
FAMILIES = 1_000 if os.environ.get("COURSIFY_PROVE") else 20
RACERS = 8
FAMILIES_AT_ONCE = 4
AFTER_THE_GRACE = "11"
Record = Callable[[str, object], None]


async def _families(people: People) -> list[Person]:
    """Signs up only a few at once, because each waits for the hash of its password."""
    gate = asyncio.Semaphore(FAMILIES_AT_ONCE)

    async def one() -> Person:
        async with gate:
            return await people.sign_up()

    return await asyncio.gather(*(one() for _ in range(FAMILIES)))


async def _race(clients: Clients, person: Person) -> set[str]:
    """Eight concurrent refreshes of one token, half on each replica; returns the successors."""

    async def refresh(number: int) -> str:
        body = {"refreshToken": person.refresh_token}
        answer = await clients[number % 2].post(f"{API}/users/refresh-token", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["refreshToken"])

    return set(await asyncio.gather(*(refresh(number) for number in range(RACERS))))


async def _race_all(clients: Clients, families: list[Person]) -> list[str]:
    """The one successor of each family."""
    gate = asyncio.Semaphore(FAMILIES_AT_ONCE)

    async def one(person: Person) -> str:
        async with gate:
            [successor] = await _race(clients, person)
            return successor

    return await asyncio.gather(*(one(person) for person in families))


async def test_concurrent_refreshes_sign_nobody_out(people: People, clients: Clients, record_property: Record) -> None:
    families = await _families(people)
    record_property("families", FAMILIES)
    record_property("refreshes_at_once", RACERS)
    successors = await _race_all(clients, families)
    assert len(set(successors)) == FAMILIES
    live = """SELECT count(*), count(DISTINCT session_id) FROM refresh_tokens
              WHERE rotated_at IS NULL AND revoked_at IS NULL"""
    assert await (await people.db.execute(live)).fetchall() == [(FAMILIES, FAMILIES)]
    assert await people.value("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 0
    assert await people.value("SELECT count(*) FROM security_events") == 0
    for person, successor in zip(families, successors, strict=True):
        assert (await person.refresh(successor)).status_code == 200


async def test_a_used_token_that_is_sent_again_revokes_its_family(
    people: People, clients: Clients, clock_file: Path, record_property: Record
) -> None:
    families = await _families(people)
    record_property("stale_tokens", FAMILIES)
    successors = await _race_all(clients, families)
    clock_file.write_text(AFTER_THE_GRACE)
    for number, person in enumerate(families):
        body = {"refreshToken": person.refresh_token}
        assert (await clients[number % 2].post(f"{API}/users/refresh-token", json=body)).status_code == 401
    assert await people.value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 0
    assert await people.value("SELECT count(*) FROM security_events WHERE kind = 'token_reused'") == FAMILIES
    for person, successor in zip(families, successors, strict=True):
        assert (await person.refresh(successor)).status_code == 401
        assert not await person.is_signed_in()
