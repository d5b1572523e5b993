"""Group G, accidents: errors nobody foresaw, clients that hang up, and what the log may tell."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from tests.support.people import API, PASSWORD, People

from coursify.core import mail

pytestmark = pytest.mark.anyio

EVIL = "evil\x1b[31m\u2028line"


async def test_G10_an_error_nobody_foresaw_is_told_without_its_cause_and_undone(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def explode(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("secret cause: SELECT * FROM users")

    monkeypatch.setattr(mail, "enqueue_email", explode)
    body = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    with structlog.testing.capture_logs() as lines:
        answer = await people.client.post(f"{API}/users/register", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    [line] = [line for line in lines if line["log_level"] == "error"]
    assert line["error"]["type"] == "RuntimeError"
    assert "secret cause" not in json.dumps(line)
    assert await people.value("SELECT count(*) FROM users") == 0
    monkeypatch.undo()
    assert (await people.client.post(f"{API}/users/register", json=body)).status_code == 201


async def test_G15_what_a_client_writes_never_reaches_the_access_line(people: People) -> None:
    with structlog.testing.capture_logs() as lines:
        await people.client.get(f"{API}/courses/{quote(EVIL)}", headers={"User-Agent": EVIL.encode()})
        await people.client.post(f"{API}/users/login", json={"email": f"{EVIL}@example.com", "password": EVIL})
        await people.client.get(f"{API}/nothing/{quote(EVIL)}?{quote(EVIL)}")
    assert len(lines) == 3
    assert "evil" not in json.dumps(lines)


async def test_no_name_address_password_or_token_is_ever_logged(people: People) -> None:
    with structlog.testing.capture_logs() as lines:
        ada = await people.sign_up(name="Canary Name", email="canary@example.com", password="canary-pass-1!")
        await ada.login()
        await ada.login(password="canary-wrong-1!")
        fresh = (await ada.refresh()).json()["data"]
        await ada.refresh(fresh["refreshToken"])
        await ada.refresh()
        await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
        reset = await people.token_from(ada.email, kind="reset_password")
        await people.client.post(f"{API}/users/reset-password", json={"token": reset, "password": "canary-new-1!"})
    logged = json.dumps(lines, default=str)
    assert len(lines) > 8
    for secret in ("Canary", "canary", ada.access_token, ada.refresh_token, fresh["refreshToken"], reset):
        assert secret not in logged


async def test_G20_clients_that_hang_up_leave_nothing_behind(people: People) -> None:
    ada = await people.sign_up()

    async def hang_up(number: int) -> None:
        body = {"name": "Gone", "email": f"gone{number}@example.com", "password": PASSWORD}
        calls = [
            ada.call("PUT", "/users/me", {"bio": str(number)}),
            ada.call("GET", "/users/me/sessions"),
            people.client.post(f"{API}/users/register", json=body),
        ]
        tasks = [asyncio.create_task(call) for call in calls]
        await asyncio.sleep(random.uniform(0, 0.03))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    for start in range(0, 120, 6):
        await asyncio.gather(*(hang_up(start + offset) for offset in range(6)))
    await asyncio.sleep(0.2)
    idle = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%%'"
    assert await people.value(idle) == 0
    answers = await asyncio.gather(*(ada.call("GET", "/users/me") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    half_done = "SELECT count(*) FROM users WHERE NOT EXISTS (SELECT FROM sessions WHERE user_id = users.id)"
    assert await people.value(half_done) == 0
