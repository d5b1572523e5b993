"""Notifications of owners, retention of sessions, and requested links."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import bcrypt
import pytest
from tests.support.people import API, People

from coursify.modules.identity import jobs as identity_jobs
from coursify.modules.identity.jobs import purge_expired, send_link
from coursify.resources import Resources

pytestmark = pytest.mark.anyio


async def test_only_a_sign_in_from_an_unknown_device_notifies_the_owner(people: People) -> None:
    ada = await people.sign_up()
    device = ada.session["deviceToken"]
    assert (await ada.login(headers={"X-Device-Token": device})).status_code == 200
    assert await people.emails(ada.email, kind="new_device") == []
    await ada.login(headers={"X-Device-Token": "unknown"})
    assert len(await people.emails(ada.email, kind="new_device")) == 1


async def test_a_restored_user_can_sign_in_again(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    for status, login in (("suspended", 401), ("active", 200)):
        await admin.call("PUT", f"/admin/users/{ada.id}", {"status": status})
        assert (await ada.login()).status_code == login
    assert not await ada.is_signed_in()


async def test_an_imported_hash_is_renewed_at_the_next_sign_in(people: People) -> None:
    ada = await people.sign_up()
    await people.db.execute(
        "UPDATE users SET password_hash = %s", [bcrypt.hashpw(ada.password.encode(), bcrypt.gensalt(4)).decode()]
    )
    assert (await ada.login()).status_code == 200
    assert str(await people.value("SELECT password_hash FROM users")).startswith("$argon2id$")
    assert (await ada.login()).status_code == 200


async def test_sessions_are_deleted_after_a_month(people: People, resources: Resources, clock_file: Path) -> None:
    ada = await people.sign_up()
    await ada.signed_in_again()
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    clock_file.write_text(str(timedelta(days=61).total_seconds()))
    fresh = await people.sign_up()
    await purge_expired(resources)
    assert await people.value("SELECT count(*) FROM sessions") == 1
    assert await people.value("SELECT count(*) FROM refresh_tokens") == 1
    assert await people.value("SELECT count(*) FROM security_events WHERE session_id IS NULL") == 1
    assert await people.value("SELECT count(*) FROM link_requests") == 0
    assert await fresh.is_signed_in()


async def test_the_deletion_of_old_sessions_stops_at_its_deadline(
    people: People, resources: Resources, clock_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.sign_up()
    clock_file.write_text(str(timedelta(days=61).total_seconds()))
    with monkeypatch.context() as patch:
        patch.setattr(identity_jobs, "CLOCK_SECONDS", 0)
        await purge_expired(resources)
        assert await people.value("SELECT count(*) FROM sessions") == 1
    await purge_expired(resources)
    assert await people.value("SELECT count(*) FROM sessions") == 0


async def test_a_requested_link_is_sent_once(people: People, resources: Resources) -> None:
    ada = await people.sign_up()
    await people.client.post(f"{API}/users/resend-verification", json={"email": ada.email})
    request_id = str(await people.value("SELECT id FROM link_requests"))
    await send_link(resources, request_id)
    await send_link(resources, request_id)
    assert len(await people.emails(ada.email, kind="verify_email")) == 1


async def test_a_link_is_sent_only_to_users_who_can_use_it(people: People) -> None:
    confirmed, suspended = await people.sign_up(), await people.sign_up()
    token = await people.token_from(confirmed.email, kind="welcome")
    await people.client.post(f"{API}/users/verify-email", json={"token": token})
    await people.db.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [suspended.id])
    for email in (confirmed.email, suspended.email, "nobody@example.com"):
        answer = await people.client.post(f"{API}/users/resend-verification", json={"email": email})
        assert answer.status_code == 202
    await people.client.post(f"{API}/users/forgot-password", json={"email": suspended.email})
    await people.run_jobs()
    kinds = {email["messageKey"].split(":")[0] for email in people.mailbox.messages()}
    assert kinds == {"welcome"}
