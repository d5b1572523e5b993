"""Rotation of refresh tokens: a new successor, the same one again, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.people import People, Person

from coursify.core.crypto import digest
from coursify.modules.identity.errors import InvalidRefreshToken, RefreshTokenReused
from coursify.modules.identity.models import ROTATION_GRACE
from coursify.modules.identity.services.refresh_session import refresh_session
from coursify.modules.identity.tokens import successor_of

pytestmark = pytest.mark.anyio

Refresh = Callable[..., Coroutine[Any, Any, str]]
ENDED = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"
SPENT = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NOT NULL"


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.sign_up()


@pytest.fixture
def refresh(app: FastAPI) -> Refresh:
    """Refreshes at a given time, in its own transaction; returns the successor."""
    resources = resources_of(app)

    async def run(token: str, *, at: datetime | None = None) -> str:
        async with resources.database.transaction() as (db, now):
            pair = await refresh_session(db, authenticator=resources.authenticator, refresh_token=token, now=at or now)
        return pair.refresh_token

    return run


async def test_a_live_token_is_exchanged_for_one_derived_successor(
    people: People, ada: Person, refresh: Refresh, app: FastAPI
) -> None:
    child = await refresh(ada.refresh_token)
    row = await people.db.execute(
        "SELECT child.id, child.token_hash, parent.token_hash, parent.rotated_at, child.issued_at, last_used_at "
        "FROM refresh_tokens AS child JOIN refresh_tokens AS parent ON parent.id = child.parent_id "
        "JOIN sessions ON sessions.id = child.session_id AND sessions.id = parent.session_id"
    )
    [(child_id, child_hash, parent_hash, rotated_at, issued_at, last_used_at)] = await row.fetchall()
    assert child == successor_of(resources_of(app).authenticator.server_key, ada.refresh_token, child_id)
    assert (child_hash, parent_hash) == (digest(child), digest(ada.refresh_token))
    assert rotated_at == issued_at == last_used_at


@pytest.mark.parametrize(("session_days", "child_days"), [(30, 14), (3, 3)])
async def test_a_successor_is_valid_for_two_weeks_and_no_longer_than_its_session(
    people: People, ada: Person, refresh: Refresh, session_days: int, child_days: int
) -> None:
    now = await people.value("SELECT now()")
    await people.db.execute("UPDATE sessions SET expires_at = %s", [now + timedelta(days=session_days)])
    await refresh(ada.refresh_token, at=now)
    expires_at = await people.value("SELECT expires_at FROM refresh_tokens WHERE parent_id IS NOT NULL")
    assert expires_at == now + timedelta(days=child_days)


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE users SET status = 'suspended'",
        "UPDATE sessions SET revoked_at = now(), revoked_reason = 'ended'",
        "UPDATE sessions SET expires_at = now()",
        "UPDATE users SET sessions_valid_after = now() + interval '1 second'",
    ],
    ids=["suspended", "revoked", "expired", "older-than-a-reset"],
)
async def test_a_token_of_an_ended_session_is_refused_and_not_used(
    people: People, ada: Person, refresh: Refresh, ended: str
) -> None:
    await people.db.execute(ended)
    with pytest.raises(InvalidRefreshToken):
        await refresh(ada.refresh_token)
    assert await people.value(SPENT) == 0


@pytest.mark.parametrize("token", ["", "nobody-knows-this-one"])
async def test_an_unknown_token_is_refused(people: People, ada: Person, refresh: Refresh, token: str) -> None:
    with pytest.raises(InvalidRefreshToken):
        await refresh(token)
    assert await people.value(SPENT) == 0


async def test_an_expired_unused_token_ends_no_session(people: People, ada: Person, refresh: Refresh) -> None:
    await people.db.execute("UPDATE refresh_tokens SET expires_at = now()")
    with pytest.raises(InvalidRefreshToken) as refused:
        await refresh(ada.refresh_token)
    assert not isinstance(refused.value, RefreshTokenReused)
    assert (await ada.refresh()).status_code == 401
    assert await people.value(ENDED) == 0
    assert await people.value("SELECT count(*) FROM security_events") == 0


async def test_the_same_successor_is_returned_for_ten_seconds(people: People, ada: Person, refresh: Refresh) -> None:
    child = await refresh(ada.refresh_token)
    rotated_at = await people.value("SELECT rotated_at FROM refresh_tokens WHERE rotated_at IS NOT NULL")
    assert await refresh(ada.refresh_token, at=rotated_at + ROTATION_GRACE) == child
    assert await people.value("SELECT count(*) FROM refresh_tokens") == 2
    with pytest.raises(RefreshTokenReused):
        await refresh(ada.refresh_token, at=rotated_at + ROTATION_GRACE + timedelta(microseconds=1))
    assert timedelta(seconds=10) == ROTATION_GRACE


async def test_a_reused_token_ends_its_session_and_notifies_the_owner(people: People, ada: Person) -> None:
    await ada.refresh()
    await people.db.execute("UPDATE refresh_tokens SET rotated_at = rotated_at - interval '10.001 seconds'")
    assert (await ada.refresh()).json()["error"]["code"] == "invalid_refresh_token"
    assert await people.value("SELECT revoked_reason FROM sessions") == "refresh token reused"
    assert not await ada.is_signed_in()
    assert len(await people.emails(ada.email, kind="token_reused")) == 1
