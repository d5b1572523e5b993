"""Password resets and security events."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.people import API, People, Person

from coursify.modules.identity.services.notify_owner import notify_owner

pytestmark = pytest.mark.anyio

OPEN_LINKS = "SELECT count(*) FROM one_time_tokens WHERE used_at IS NULL AND invalidated_at IS NULL"
AUDITED = "SELECT count(*) FROM audit_log WHERE action = %s"


async def _reset(people: People, token: str) -> int:
    body = {"token": token, "password": "another-one-42"}
    return (await people.client.post(f"{API}/users/reset-password", json=body)).status_code


async def _ask_for_a_reset(people: People, person: Person) -> str:
    await people.client.post(f"{API}/users/forgot-password", json={"email": person.email})
    return await people.token_from(person.email, kind="reset_password")


async def test_a_reset_ends_all_sessions_and_links_and_notifies_the_owner(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    token = await _ask_for_a_reset(people, ada)
    assert await people.value(OPEN_LINKS) == 2
    assert await _reset(people, token) == 200
    assert not await ada.is_signed_in()
    assert (await other.refresh()).status_code == 401
    assert await people.value(OPEN_LINKS) == 0
    assert await people.value("SELECT string_agg(DISTINCT revoked_reason, ',') FROM sessions") == "password reset"
    assert await people.value(AUDITED, "user.password_reset") == 1
    assert len(await people.emails(ada.email, kind="password_reset")) == 1


async def test_nothing_is_hashed_for_an_invalid_link(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    to_confirm = await people.token_from(ada.email, kind="welcome")
    used = await _ask_for_a_reset(people, ada)
    assert await _reset(people, used) == 200
    hashed = []

    async def hash_(password: str) -> str:
        hashed.append(password)
        return password

    monkeypatch.setattr(resources_of(app).authenticator.passwords, "hash", hash_)
    for token in ("unknown", to_confirm, used):
        assert await _reset(people, token) == 400
    assert hashed == []


async def test_removing_an_absent_second_factor_does_nothing(people: People) -> None:
    ada = await people.sign_up()
    assert (await ada.call("DELETE", "/users/me/totp")).status_code == 200
    assert await people.value(AUDITED, "second_factor.disabled") == 0
    assert await people.emails(ada.email, kind="second_factor_disabled") == []


async def test_a_code_is_refused_without_a_confirmed_second_factor(people: People) -> None:
    ada = await people.sign_up()
    for _ in range(2):
        body = {"password": ada.password, "code": "123456"}
        assert (await ada.call("POST", "/users/me/step-up", body)).status_code == 200
        answer = await people.client.post(
            f"{API}/users/login/second-factor", json={"challenge": "none", "code": "123456"}
        )
        assert answer.json()["error"]["code"] == "invalid_challenge"
        await ada.call("POST", "/users/me/totp")
    assert (await ada.login()).status_code == 200


async def test_a_session_notifies_of_an_event_once(people: People, app: FastAPI) -> None:
    ada = await people.sign_up()
    session_id = await people.value("SELECT id FROM sessions")
    for _ in range(2):
        async with resources_of(app).database.transaction() as (db, now):
            await notify_owner(db, user_id=ada.session["user"]["id"], kind="new_device", session_id=session_id, now=now)
    assert len(await people.emails(ada.email, kind="new_device")) == 1
