"""Group A, emailed links: who gets one, what it allows, how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.people import API, People, Person

pytestmark = pytest.mark.anyio

NEW = "another-one-42"


async def _forgot(people: People, email: str, **headers: str) -> int:
    answer = await people.client.post(f"{API}/users/forgot-password", json={"email": email}, headers=headers)
    return answer.status_code


async def _reset(people: People, token: str, password: str = NEW) -> int:
    body = {"token": token, "password": password}
    return (await people.client.post(f"{API}/users/reset-password", json=body)).status_code


async def _reset_token(people: People, person: Person) -> str:
    assert await _forgot(people, person.email) == 202
    return await people.token_from(person.email, kind="reset_password")


async def _verify(people: People, token: str) -> int:
    return (await people.client.post(f"{API}/users/verify-email", json={"token": token})).status_code


async def test_A16_a_reset_link_works_once_of_twenty_at_once(people: People) -> None:
    ada = await people.sign_up()
    token = await _reset_token(people, ada)
    passwords = [f"password-no-{number}!" for number in range(20)]
    statuses = await asyncio.gather(*(_reset(people, token, password) for password in passwords))
    assert sorted(statuses) == [200] + [400] * 19
    assert (await ada.login(password=passwords[statuses.index(200)])).status_code == 200


async def test_A17_a_newer_link_replaces_the_older_one(people: People) -> None:
    ada = await people.sign_up()
    older = await _reset_token(people, ada)
    newer = await _reset_token(people, ada)
    assert await _reset(people, older) == 400
    assert await _reset(people, newer) == 200


async def test_A17_an_email_change_invalidates_a_reset_link(people: People) -> None:
    ada = await people.sign_up()
    await _verify(people, await people.token_from(ada.email, kind="welcome"))
    reset = await _reset_token(people, ada)
    body = {"currentPassword": ada.password, "email": "new.ada@example.com"}
    assert (await ada.call("PUT", "/users/me/email", body)).status_code == 200
    assert await _verify(people, await people.token_from("new.ada@example.com", kind="confirm_email")) == 200
    assert await _reset(people, reset) == 400


async def test_A17_a_password_change_invalidates_a_reset_link(people: People) -> None:
    ada = await people.sign_up()
    reset = await _reset_token(people, ada)
    await ada.call("PUT", "/users/me/password", {"currentPassword": ada.password, "password": NEW})
    assert await _reset(people, reset) == 400


async def test_A17_a_reset_link_expires_after_twenty_minutes(people: People, clock_file: Path) -> None:
    ada = await people.sign_up()
    reset = await _reset_token(people, ada)
    clock_file.write_text(str(timedelta(minutes=21).total_seconds()))
    assert await _reset(people, reset) == 400
    assert (await ada.login()).status_code == 200


async def test_A18_a_link_uses_the_configured_origin(people: People) -> None:
    ada = await people.sign_up()
    await _forgot(people, ada.email, **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    await _forgot(people, ada.email, Host="evil.example")
    for email in await people.emails(ada.email):
        assert "evil.example" not in email["text"] + email["html"]
        assert "http://testserver/" in email["text"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_A19_opening_a_link_changes_nothing(people: People, method: str) -> None:
    ada = await people.sign_up()
    verify = await people.token_from(ada.email, kind="welcome")
    reset = await _reset_token(people, ada)
    for path in (f"/verify-email?token={verify}", f"/reset-password?token={reset}"):
        assert (await people.client.request(method, path)).status_code in {200, 404, 405}
        assert (await people.client.request(method, f"{API}/users{path}")).status_code in {404, 405}
    assert await people.value("SELECT count(*) FROM one_time_tokens WHERE used_at IS NOT NULL") == 0
    assert await _verify(people, verify) == 200
    assert await _reset(people, reset) == 200


async def test_A20_an_invalid_link_confirms_nothing(people: People, clock_file: Path) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    token = await people.token_from(ada.email, kind="welcome")
    for wrong in (token[:-1], token + "A", token.swapcase(), "x", ada.refresh_token):
        assert await _verify(people, wrong) == 400
    assert await _verify(people, "x" * 10_240) == 400
    assert await people.value("SELECT count(*) FROM users WHERE email_verified_at IS NOT NULL") == 0
    assert await _verify(people, token) == 200
    assert await _verify(people, token) == 200
    assert await people.value("SELECT email_verified_at FROM users WHERE id = %s", eve.id) is None
    late = await people.token_from(eve.email, kind="welcome")
    clock_file.write_text(str(timedelta(days=4).total_seconds()))
    assert await _verify(people, late) == 400


async def test_A27_an_address_gets_at_most_five_emails_an_hour_and_always_the_same_answer(
    people: People, clock_file: Path
) -> None:
    ada = await people.sign_up()
    answers = [await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email}) for _ in range(40)]
    unknown = await people.client.post(f"{API}/users/forgot-password", json={"email": "nobody@example.com"})
    assert {answer.status_code for answer in [*answers, unknown]} == {202}
    assert {answer.text for answer in [*answers, unknown]} == {unknown.text}
    assert 1 <= len(await people.emails(ada.email, kind="reset_password")) <= 5
    issued = "SELECT count(*) FROM one_time_tokens WHERE purpose = 'reset_password'"
    assert await people.value(issued) == 5
    assert await people.value("SELECT count(*) FROM link_requests") == 0
    clock_file.write_text(str(timedelta(hours=1, minutes=1).total_seconds()))
    await _forgot(people, ada.email)
    await people.run_jobs()
    assert await people.value(issued) == 6
