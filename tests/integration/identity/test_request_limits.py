"""Limits of the body and the duration of each operation; refused requests are counted."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.support.people import API, PASSWORD, People

from coursify.core.http.stream_route import StreamRoute
from coursify.modules.identity.controllers import me
from coursify.routes import ROUTES

pytestmark = pytest.mark.anyio

POLICIES = {route.id: route.policy for route in ROUTES}


def test_no_operation_buffers_more_than_a_mebibyte() -> None:
    buffered = [route.policy.max_body_bytes for route in ROUTES if not isinstance(route, StreamRoute)]
    assert max(buffered) == 1_048_576
    assert POLICIES["log_in"].max_body_bytes < POLICIES["update_me"].max_body_bytes


@pytest.mark.parametrize("is_declared", [True, False])
async def test_each_operation_has_its_own_limit_of_the_body(people: People, *, is_declared: bool) -> None:
    teacher = await people.sign_up(role="instructor")
    size = POLICIES["update_me"].max_body_bytes
    padding = b" " * (size - 20)

    async def send(method: str, path: str, content: bytes) -> int:
        async def chunks() -> AsyncIterator[bytes]:
            yield content[:1_000]
            yield content[1_000:]

        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {teacher.access_token}"}
        body: Any = content if is_declared else chunks()
        return (await people.client.request(method, API + path, content=body, headers=headers)).status_code

    assert await send("PUT", "/users/me", b'{"bio": "x"}' + padding) == 200
    assert await send("PUT", "/users/me", b'{"bio": "x"}' + padding + b" " * 40) == 413
    assert await send("POST", "/users/login", b'{"email": "a@example.com", "password": "x"}' + padding) == 413
    assert await send("POST", "/courses", b"{}" + padding + b" " * 40) == 422


async def test_the_longest_text_fits_in_any_encoding(people: People) -> None:
    teacher = await people.sign_up(role="instructor")
    bio = "\\u00e9" * 5_000
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {teacher.access_token}"}
    answer = await people.client.put(f"{API}/users/me", content=f'{{"bio": "{bio}"}}', headers=headers)
    assert answer.json()["data"]["bio"] == "é" * 5_000


async def test_an_operation_that_times_out_is_503_and_rolled_back(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    update_profile = me.update_profile

    async def hang(*arguments: Any, **named: Any) -> Any:
        changed = await update_profile(*arguments, **named)
        await asyncio.sleep(5)
        return changed

    monkeypatch.setattr(me, "update_profile", hang)
    route = next(route for route in ROUTES if route.id == "update_me")
    hurried = dataclasses.replace(route.policy, seconds=0.2)
    monkeypatch.setattr(route, "policy", hurried)
    answer = await ada.call("PUT", "/users/me", {"name": "Changed"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert (await ada.call("GET", "/users/me")).json()["data"]["name"] != "Changed"
    left_open = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
    )
    assert await people.value(left_open) == 0


async def test_any_other_timeout_is_500(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await people.sign_up()

    async def fail(*_arguments: Any, **_named: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(me, "update_profile", fail)
    assert (await ada.call("PUT", "/users/me", {"name": "Changed"})).status_code == 500


async def test_unauthenticated_requests_are_counted_by_client_address(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    headers = {"Authorization": "Bearer no.such.token"}
    answers = [await strict_client.put(f"{API}/users/me", json={}, headers=headers) for _ in range(310)]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert "ratelimit" in answers[0].headers
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_missing_step_up_is_not_stored_under_the_idempotency_key(people: People) -> None:
    admin = await people.sign_up("admin")
    await people.db.execute("UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'")
    headers = {"Idempotency-Key": f"refund-{uuid4()}"}
    body = {"paymentId": str(uuid4())}
    refused = await admin.call("POST", "/payments/refund", body, headers=headers)
    assert refused.json()["error"]["code"] == "step_up_required"
    await admin.call("POST", "/users/me/step-up", {"password": PASSWORD})
    answer = await admin.call("POST", "/payments/refund", body, headers=headers)
    assert answer.json()["error"]["code"] == "payment_not_found"
