"""The gate of the tests pauses transactions at chosen statements."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.support import gate
from tests.support.classroom import PREFIX, Classroom

from coursify.core import database

pytestmark = pytest.mark.anyio

INSERT_USER = "INSERT INTO users"


def register(client: httpx.AsyncClient, email: str) -> asyncio.Task[httpx.Response]:
    body = {"name": "Ada Example", "email": email, "password": "correct-horse-battery!"}
    return asyncio.create_task(client.post(PREFIX + "/users/register", json=body))


async def test_two_requests_wait_at_one_statement_and_then_race(
    client: httpx.AsyncClient, classroom: Classroom
) -> None:
    async with gate.pause(INSERT_USER) as paused:
        both = [register(client, "ada@example.com") for _ in range(2)]
        await paused.reached(2)
        assert not any(task.done() for task in both)
        paused.release()
        answers = await asyncio.gather(*both)
    assert paused.hits == 2
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await classroom.rows("SELECT count(*) FROM users") == [(1,)]


async def test_only_the_chosen_hit_waits(client: httpx.AsyncClient, classroom: Classroom) -> None:
    async with gate.pause(INSERT_USER, nth=2) as paused:
        assert (await register(client, "first@example.com")).status_code == 201
        second = register(client, "second@example.com")
        await paused.reached()
        assert (await register(client, "third@example.com")).status_code == 201
        assert not second.done()
        paused.release()
        assert (await second).status_code == 201
    assert paused.hits == 3


async def test_a_predicate_chooses_by_the_parameters(client: httpx.AsyncClient, classroom: Classroom) -> None:
    async with gate.pause(INSERT_USER, where=lambda given: given["email_canonical"] == "paused@example.com") as paused:
        waiting = register(client, "paused@example.com")
        await paused.reached()
        assert (await register(client, "free@example.com")).status_code == 201
        assert paused.hits == 1
    assert (await waiting).status_code == 201


async def test_a_commit_can_wait_and_nothing_is_visible_before_it(
    client: httpx.AsyncClient, classroom: Classroom
) -> None:
    async with gate.pause("COMMIT") as paused:
        waiting = register(client, "ada@example.com")
        await paused.reached()
        assert await classroom.rows("SELECT count(*) FROM users") == [(0,)]
        paused.release()
        assert (await waiting).status_code == 201
    assert await classroom.rows("SELECT count(*) FROM users") == [(1,)]


async def test_a_statement_that_never_runs_fails_the_test_and_leaves_no_hook(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "REACHED_WITHIN", 0.05)
    with pytest.raises(AssertionError, match="0 of 1 came to 'DROP TABLE users'; 0 hits"):
        async with gate.pause("DROP   TABLE users") as paused:
            await paused.reached()
    assert database.before_statement is None
