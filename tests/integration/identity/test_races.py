"""Changes during a request: while a password is verified, an email is queued, or the database is down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.people import API, People

from coursify.core import attempts as attempting
from coursify.core import ratelimit
from coursify.core.attempts import AttemptLimiter
from coursify.core.ratelimit import Bucket, Rate, RequestCounters
from coursify.modules.identity import session_cache
from coursify.modules.identity.queries import sessions

pytestmark = pytest.mark.anyio

Statement = Callable[[str], Awaitable[None]]


@pytest.fixture
def while_verifying(app: FastAPI, people: People, monkeypatch: pytest.MonkeyPatch) -> Statement:
    """Runs a statement after the password is verified and before the service continues."""
    authenticator = resources_of(app).authenticator
    verify = authenticator.passwords.verify

    async def prepare(statement: str) -> None:
        async def verify_and_more(password: str, stored: str | None) -> bool:
            is_right = await verify(password, stored)
            await people.db.execute(statement)
            return is_right

        monkeypatch.setattr(authenticator.passwords, "verify", verify_and_more)

    return prepare


SUSPEND = "UPDATE users SET status = 'suspended'"
CHANGE = "UPDATE users SET password_hash = 'another'"


@pytest.mark.parametrize("statement", [SUSPEND, CHANGE])
async def test_a_sign_in_fails_if_the_user_changes_during_it(
    people: People, while_verifying: Statement, statement: str
) -> None:
    ada = await people.sign_up()
    sessions = await people.value("SELECT count(*) FROM sessions")
    await while_verifying(statement)
    assert (await ada.login()).status_code == 401
    assert await people.value("SELECT count(*) FROM sessions") == sessions


async def test_a_password_change_fails_if_the_password_changes_during_it(
    people: People, while_verifying: Statement
) -> None:
    ada = await people.sign_up()
    await while_verifying(CHANGE)
    body = {"currentPassword": ada.password, "password": "another-one-42"}
    assert (await ada.call("PUT", "/users/me/password", body)).status_code == 403
    assert await people.value("SELECT password_hash FROM users") == "another"


async def test_a_step_up_fails_if_the_password_changes_during_it(people: People, while_verifying: Statement) -> None:
    ada = await people.sign_up()
    await while_verifying(CHANGE)
    assert (await ada.call("POST", "/users/me/step-up", {"password": ada.password})).status_code == 403


async def test_emails_to_an_erased_user_are_suppressed(people: People) -> None:
    ada = await people.sign_up()
    await ada.login()
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    emails = await people.emails(ada.email)
    assert [email["messageKey"].split(":")[0] for email in emails] == ["erasure_receipt"]
    suppressed = "SELECT count(*) FROM email_deliveries WHERE state = 'suppressed'"
    assert await people.value(suppressed) == 2


async def test_a_replaced_link_is_not_sent(people: People) -> None:
    ada = await people.sign_up()
    token = await people.token_from(ada.email, kind="welcome")
    await people.client.post(f"{API}/users/verify-email", json={"token": token})
    for email in ("first@example.com", "second@example.com"):
        body = {"currentPassword": ada.password, "email": email}
        assert (await ada.call("PUT", "/users/me/email", body)).status_code == 200
    assert await people.emails("first@example.com") == []
    assert len(await people.emails("second@example.com", kind="confirm_email")) == 1


async def test_an_erased_user_cannot_be_changed(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    assert (await admin.call("DELETE", f"/users/{ada.id}")).status_code == 202
    assert (await admin.call("PUT", f"/admin/users/{ada.id}", {"status": "active"})).status_code == 404
    assert (await admin.call("PUT", f"/users/{ada.id}", {"name": "Back"})).status_code == 404
    assert (await admin.call("DELETE", f"/users/{ada.id}")).status_code == 202
    assert await people.value("SELECT count(*) FROM erasure_requests") == 1


@pytest.mark.parametrize("credential", ["Basic YTpi", "Bearer", "bearer  ", "Token x", "x"])
async def test_an_unsupported_credential_is_refused_where_one_is_needed(people: People, credential: str) -> None:
    answer = await people.client.get(f"{API}/users/me", headers={"Authorization": credential})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    public = await people.client.get(f"{API}/courses", headers={"Authorization": credential})
    assert (public.status_code, public.headers["cache-control"]) == (200, "public, max-age=15")


async def test_two_credentials_are_refused(people: People) -> None:
    ada = await people.sign_up()
    credential = ("Authorization", f"Bearer {ada.access_token}")
    assert (await people.client.get(f"{API}/users/me", headers=[credential, credential])).status_code == 401


async def test_an_unavailable_database_is_503(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await people.sign_up()

    async def gone(*_arguments: Any) -> None:
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(sessions, "find_session_state", gone)
    answer = await ada.call("GET", "/users/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_the_session_cache_and_the_counters_are_bounded(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_cache, "_MAX_ENTRIES", 2)
    authenticator = resources_of(app).authenticator
    authenticator.sessions._clear()
    everyone = [await people.sign_up() for _ in range(4)]
    for person in everyone + everyone:
        assert await person.is_signed_in()
    assert len(authenticator.sessions._states) <= 2
    for module in (attempting, ratelimit):
        monkeypatch.setattr(module, "_MAX_KEYS", 2)
    attempts, counters = (
        AttemptLimiter(resources_of(app).redis, authenticator.database, factor=1),
        RequestCounters(resources_of(app).redis, 1),
    )
    for person in everyone:
        await attempts.take(Bucket(Rate("bounded", 5, 60), person.id))
        counters.count(Bucket(Rate("bounded", 5, 60), person.id))
    assert len(attempts._times) == len(counters._counts) == 2


async def test_a_user_who_is_erased_during_an_edit_is_not_found(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    await ada.call("DELETE", f"/users/{ada.id}")
    changes: dict[str, dict[str, str]] = {
        f"/users/{ada.id}": {"name": "Ada"},
        f"/admin/users/{ada.id}": {"role": "admin"},
    }
    for path, body in changes.items():
        answer = await admin.call("PUT", path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "user_not_found")
