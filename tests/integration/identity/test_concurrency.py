"""Concurrent requests to one account: no deadlock, and no inconsistent rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import httpx
import psycopg
import pyotp
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.people import API, People, Person

from coursify.modules.identity.jobs import send_link
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

# Invariant I-30, of one database.
LIVE_UNDER_ENDED = """
    SELECT count(*) FROM refresh_tokens JOIN sessions ON sessions.id = session_id
    WHERE sessions.revoked_at IS NOT NULL AND rotated_at IS NULL AND refresh_tokens.revoked_at IS NULL
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def _at_once(*calls: Any) -> list[httpx.Response]:
    return list(await asyncio.gather(*calls))


async def test_a_concurrent_refresh_and_logout_leave_no_live_token(people: People) -> None:
    deadlocks = await people.value(DEADLOCKS)
    for _ in range(8):
        ada = await people.sign_up()
        started = time.monotonic()
        answers = await _at_once(
            *(call for _ in range(2) for call in (ada.refresh(), ada.call("POST", "/users/logout", {})))
        )
        assert {answer.status_code for answer in answers} <= {200, 401}
        assert time.monotonic() - started < 1.5
        assert not await ada.is_signed_in()
    assert await people.value(LIVE_UNDER_ENDED) == 0
    assert await people.value(DEADLOCKS) == deadlocks


async def test_a_concurrent_replay_and_refresh_leave_no_live_token(people: People) -> None:
    for _ in range(6):
        ada = await people.sign_up()
        second = (await ada.refresh()).json()["data"]["refreshToken"]
        third = (await ada.refresh(second)).json()["data"]["refreshToken"]
        stale = ada.refresh_token
        answers = await _at_once(*(ada.refresh(token) for token in (stale, third) * 10))
        assert {answer.status_code for answer in answers} <= {200, 401}
    assert await people.value(LIVE_UNDER_ENDED) == 0


async def test_two_sessions_that_end_each_other_both_end(people: People) -> None:
    for _ in range(5):
        ada = await people.sign_up()
        other = await ada.signed_in_again()
        answers = await _at_once(
            ada.call("POST", "/users/logout", {"refreshToken": other.refresh_token}),
            other.call("POST", "/users/logout", {"refreshToken": ada.refresh_token}),
            other.call("POST", "/users/logout-all"),
        )
        assert {answer.status_code for answer in answers} <= {200, 401}
        assert not await ada.is_signed_in()
        assert not await other.is_signed_in()


async def test_concurrent_uses_of_one_confirmation_link_all_succeed(people: People) -> None:
    ada = await people.sign_up()
    token = await people.token_from(ada.email, kind="welcome")
    answers = await _at_once(
        *(people.client.post(f"{API}/users/verify-email", json={"token": token}) for _ in range(20))
    )
    assert [answer.status_code for answer in answers] == [200] * 20


async def _asks_for(people: People, person: Person, address: str) -> str:
    """The token of the link that confirms a new email address."""
    await people.db.execute("UPDATE users SET email_verified_at = now() WHERE id = %s", [person.id])
    body = {"currentPassword": person.password, "email": address}
    assert (await person.call("PUT", "/users/me/email", body)).status_code == 200
    return await people.token_from(address, kind="confirm_email")


async def test_a_link_that_confirms_a_new_email_address_can_be_used_again(people: People) -> None:
    token = await _asks_for(people, await people.sign_up(), "next@example.com")
    answers = await _at_once(
        *(people.client.post(f"{API}/users/verify-email", json={"token": token}) for _ in range(10))
    )
    assert {(answer.status_code, answer.json()["data"]["email"]) for answer in answers} == {(200, "next@example.com")}


async def test_an_email_address_that_several_users_confirm_goes_to_one_of_them(people: People) -> None:
    tokens = [await _asks_for(people, await people.sign_up(), "free@example.com") for _ in range(4)]
    answers = await _at_once(
        *(people.client.post(f"{API}/users/verify-email", json={"token": token}) for token in tokens)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {"email_taken"}
    assert await people.value("SELECT count(*) FROM users WHERE email_canonical = 'free@example.com'") == 1


async def test_nothing_starts_for_a_user_who_is_erased_at_the_same_time(people: People) -> None:
    for _ in range(5):
        ada = await people.sign_up()
        answers = await _at_once(
            ada.call("DELETE", f"/users/{ada.id}"),
            ada.call("GET", "/users/me/export"),
            ada.call("POST", "/users/me/totp", headers={"Idempotency-Key": f"begin-a-second-factor-{ada.id}"}),
            ada.call("PUT", "/users/me", {"name": "Canary"}),
            people.client.post(f"{API}/users/resend-verification", json={"email": ada.email}),
        )
        assert answers[0].status_code == 202
        assert {answer.status_code for answer in answers[1:]} <= {200, 201, 202, 401}
        await people.run_jobs()
    for table in ("second_factors", "data_exports", "one_time_tokens", "idempotency_keys"):
        assert await people.value(f"SELECT count(*) FROM {table}") == 0, table
    assert await people.value("SELECT count(*) FROM users WHERE name IS NOT NULL") == 0


async def test_a_link_is_not_sent_to_a_user_who_is_erased_during_the_job(people: People, resources: Resources) -> None:
    ada = await people.sign_up()
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    request_id = str(await people.value("SELECT id FROM link_requests"))
    url = people.db.info.dsn + f" password={people.db.info.password}"
    async with await psycopg.AsyncConnection.connect(url) as other:
        await other.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [ada.id])
        job = asyncio.create_task(send_link(resources, request_id))
        await asyncio.sleep(0.3)
        await other.commit()
    await job
    assert await people.value("SELECT count(*) FROM one_time_tokens WHERE purpose = 'reset_password'") == 0


async def test_a_reset_of_an_unconfirmed_account_notifies_about_its_second_factor(people: People) -> None:
    ada = await people.sign_up()
    await people.db.execute(
        "INSERT INTO second_factors (user_id, secret, created_at, confirmed_at) VALUES (%s, 'x', now(), now())",
        [ada.id],
    )
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    token = await people.token_from(ada.email, kind="reset_password")
    body = {"token": token, "password": "another-one-42"}
    assert (await people.client.post(f"{API}/users/reset-password", json=body)).status_code == 200
    assert await people.value("SELECT count(*) FROM audit_log WHERE action = 'second_factor.disabled'") == 1
    assert len(await people.emails(ada.email, kind="second_factor_disabled")) == 1


async def test_a_challenge_of_the_old_password_is_invalid(people: People) -> None:
    ada = await people.sign_up()
    totp = await _armed(ada)
    challenge = (await ada.login()).json()["error"]["challenge"]
    body = {"currentPassword": ada.password, "password": "another-one-42"}
    assert (await ada.call("PUT", "/users/me/password", body)).status_code == 200
    late = await people.client.post(
        f"{API}/users/login/second-factor", json={"challenge": challenge, "code": totp.now()}
    )
    assert (late.status_code, late.json()["error"]["code"]) == (401, "invalid_challenge")


async def test_a_password_change_is_no_step_up_with_a_second_factor(people: People) -> None:
    ada = await people.sign_up()
    await _armed(ada)
    fresh = await people.sign_up()
    await people.db.execute("UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'")
    await people.db.execute("SELECT pg_notify('sessions', id::text) FROM users")
    await asyncio.sleep(0.2)
    for person, status in ((ada, 403), (fresh, 200)):
        body = {"currentPassword": person.password, "password": "another-one-42"}
        assert (await person.call("PUT", "/users/me/password", body)).status_code == 200
        assert (await person.call("DELETE", "/users/me/totp")).status_code == status


async def test_concurrent_sign_ins_renew_an_outdated_hash(people: People) -> None:
    ada = await people.sign_up()
    outdated = bcrypt.hashpw(ada.password.encode(), bcrypt.gensalt(4)).decode()
    await people.db.execute("UPDATE users SET password_hash = %s", [outdated])
    answers = await _at_once(*(ada.login() for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert str(await people.value("SELECT password_hash FROM users")).startswith("$argon2id$")


async def test_an_outdated_hash_is_renewed_before_the_second_factor(people: People) -> None:
    ada = await people.sign_up()
    totp = await _armed(ada)
    outdated = bcrypt.hashpw(ada.password.encode(), bcrypt.gensalt(4)).decode()
    await people.db.execute("UPDATE users SET password_hash = %s", [outdated])
    challenge = (await ada.login()).json()["error"]["challenge"]
    assert str(await people.value("SELECT password_hash FROM users")).startswith("$argon2id$")
    answer = await people.client.post(
        f"{API}/users/login/second-factor", json={"challenge": challenge, "code": totp.now()}
    )
    assert answer.status_code == 200


async def test_a_password_change_cancels_an_email_change(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    await people.db.execute("UPDATE users SET email_verified_at = now()")
    authenticator = resources_of(app).authenticator
    verify = authenticator.passwords.verify

    async def verify_and_change(password: str, stored: str | None) -> bool:
        is_right = await verify(password, stored)
        await people.db.execute("UPDATE users SET password_hash = 'another'")
        return is_right

    monkeypatch.setattr(authenticator.passwords, "verify", verify_and_change)
    answer = await ada.call("PUT", "/users/me/email", {"currentPassword": ada.password, "email": "evil@example.com"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_password")
    assert await people.value("SELECT count(*) FROM one_time_tokens WHERE purpose = 'change_email'") == 0


async def test_a_user_who_is_suspended_during_a_request_changes_nothing(people: People) -> None:
    admin, other, ada = await people.sign_up("admin"), await people.sign_up("admin"), await people.sign_up()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"role": '
        assert (await other.call("PUT", f"/admin/users/{admin.id}", {"status": "suspended"})).status_code == 200
        await asyncio.sleep(0.5)
        yield b'"admin"}'

    headers = {"Authorization": f"Bearer {admin.access_token}", "Content-Type": "application/json"}
    answer = await people.client.put(f"{API}/admin/users/{ada.id}", content=body(), headers=headers)
    assert answer.status_code == 401
    assert await people.value("SELECT role FROM users WHERE id = %s", ada.id) == "student"


async def test_role_and_status_cannot_be_null(people: People) -> None:
    admin, ada = await people.sign_up("admin"), await people.sign_up()
    for field in ("role", "status"):
        assert (await admin.call("PUT", f"/admin/users/{ada.id}", {field: None})).status_code == 422


async def _armed(person: Person) -> pyotp.TOTP:
    """The authenticator of a user who has just set it up."""
    totp = pyotp.TOTP((await person.call("POST", "/users/me/totp")).json()["data"]["secret"])
    code = totp.at(datetime.now(UTC) - timedelta(seconds=30))
    assert (await person.call("POST", "/users/me/totp/confirm", {"code": code})).status_code == 200
    return totp
