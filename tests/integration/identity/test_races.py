"""What happens meanwhile wins: while a password is verified, while an email waits, while a database is gone."""

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
from coursify.modules.identity import session_states
from coursify.modules.identity.queries import sessions

pytestmark = pytest.mark.anyio

Meanwhile = Callable[[str], Awaitable[None]]


@pytest.fixture
def while_verifying(app: FastAPI, people: People, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Run a statement after the password was verified and before anybody goes on."""
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
async def test_a_sign_in_does_not_survive_what_happened_meanwhile(
    people: People, while_verifying: Meanwhile, statement: str
) -> None:
    ada = await people.sign_up()
    sessions = await people.value("SELECT count(*) FROM sessions")
    await while_verifying(statement)
    assert (await ada.login()).status_code == 401
    assert await people.value("SELECT count(*) FROM sessions") == sessions


async def test_a_step_up_or_a_change_does_not_survive_another_change(
    people: People, while_verifying: Meanwhile
) -> None:
    ada = await people.sign_up()
    await while_verifying(CHANGE)
    body = {"currentPassword": ada.password, "password": "another-one-42"}
    assert (await ada.call("PUT", "/users/me/password", body)).status_code == 403
    assert await people.value("SELECT password_hash FROM users") == "another"


async def test_a_step_up_does_not_survive_a_change(people: People, while_verifying: Meanwhile) -> None:
    ada = await people.sign_up()
    await while_verifying(CHANGE)
    assert (await ada.call("POST", "/users/me/step-up", {"password": ada.password})).status_code == 403


async def test_nobody_writes_to_someone_who_was_erased_meanwhile(people: People) -> None:
    ada = await people.sign_up()
    await ada.login()
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    emails = await people.emails(ada.email)
    assert [email["messageKey"].split(":")[0] for email in emails] == ["erasure_receipt"]
    suppressed = "SELECT count(*) FROM email_deliveries WHERE state = 'suppressed'"
    assert await people.value(suppressed) == 2


async def test_a_link_that_was_replaced_before_its_email_went_out_is_not_sent(people: People) -> None:
    ada = await people.sign_up()
    token = await people.token_from(ada.email, kind="welcome")
    await people.client.post(f"{API}/users/verify-email", json={"token": token})
    for email in ("first@example.com", "second@example.com"):
        body = {"currentPassword": ada.password, "email": email}
        assert (await ada.call("PUT", "/users/me/email", body)).status_code == 200
    assert await people.emails("first@example.com") == []
    assert len(await people.emails("second@example.com", kind="confirm_email")) == 1


async def test_nobody_who_is_erased_is_changed(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    assert (await admin.call("DELETE", f"/users/{ada.id}")).status_code == 202
    assert (await admin.call("PUT", f"/admin/users/{ada.id}", {"status": "active"})).status_code == 404
    assert (await admin.call("PUT", f"/users/{ada.id}", {"name": "Back"})).status_code == 404
    assert (await admin.call("DELETE", f"/users/{ada.id}")).status_code == 202
    assert await people.value("SELECT count(*) FROM erasure_requests") == 1


@pytest.mark.parametrize("credential", ["Basic YTpi", "Bearer", "bearer  ", "Token x", "x"])
async def test_another_kind_of_credential_is_none(people: People, credential: str) -> None:
    for path in ("/users/me", "/courses"):
        answer = await people.client.get(f"{API}{path}", headers={"Authorization": credential})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_two_credentials_are_none(people: People) -> None:
    ada = await people.sign_up()
    credential = ("Authorization", f"Bearer {ada.access_token}")
    assert (await people.client.get(f"{API}/users/me", headers=[credential, credential])).status_code == 401


async def test_a_database_that_cannot_be_asked_is_503(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await people.sign_up()

    async def gone(*_arguments: Any) -> None:
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(sessions, "find_session_state", gone)
    answer = await ada.call("GET", "/users/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_what_is_remembered_is_bounded(people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_states, "_REMEMBERED", 2)
    authenticator = resources_of(app).authenticator
    authenticator.sessions._forget_everyone()
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


async def test_an_admin_who_edits_someone_erased_meanwhile_finds_nobody(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    await ada.call("DELETE", f"/users/{ada.id}")
    changes: dict[str, dict[str, str]] = {
        f"/users/{ada.id}": {"name": "Ada"},
        f"/admin/users/{ada.id}": {"role": "admin"},
    }
    for path, body in changes.items():
        answer = await admin.call("PUT", path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "user_not_found")
