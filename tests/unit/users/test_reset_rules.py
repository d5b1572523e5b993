"""What a reset password takes with it: every session, every open link, and a squatter's second factor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock
from uuid import uuid4

import pytest

from coursify.core.crypto import digest
from coursify.core.ratelimit import Bucket
from coursify.modules.users.authenticator import Authenticator
from coursify.modules.users.errors import InvalidToken
from coursify.modules.users.limits import TOKEN_BY_ADDRESS
from coursify.modules.users.services import reset_password as resetting
from coursify.modules.users.tokens import known_device

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DB = object()
PERSON = uuid4()
ADDRESS = "192.0.2.7"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Someone with a confirmed address and an open link; what is done is noted."""
    queries, audit, told, buckets = AsyncMock(), AsyncMock(), AsyncMock(), []
    queries.find_one_time_token.return_value = SimpleNamespace(user_id=PERSON, purpose="reset_password", is_open=True)
    queries.lock_user.return_value = SimpleNamespace(id=PERSON, is_email_verified=True)
    monkeypatch.setattr(resetting, "queries", queries)
    monkeypatch.setattr(resetting, "audit", audit)
    monkeypatch.setattr(resetting, "tell_owner", told)
    closed, dropped = AsyncMock(), AsyncMock()
    monkeypatch.setattr(resetting, "close_sessions", closed)
    monkeypatch.setattr(resetting, "drop_second_factor", dropped)

    @asynccontextmanager
    async def counted(*given: Bucket) -> AsyncIterator[None]:
        buckets.extend(given)
        yield

    @asynccontextmanager
    async def read() -> AsyncIterator[Any]:
        yield DB

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Any]:
        yield DB, NOW

    passwords = AsyncMock()
    passwords.hash.return_value = "hashed"
    authenticator = SimpleNamespace(
        attempts=SimpleNamespace(counted=counted),
        database=SimpleNamespace(read=read, transaction=transaction),
        passwords=passwords,
        server_key=b"k" * 32,
    )
    return SimpleNamespace(
        queries=queries,
        audit=audit,
        told=told,
        closed=closed,
        dropped=dropped,
        buckets=buckets,
        authenticator=cast("Authenticator", authenticator),
    )


async def _reset(world: SimpleNamespace) -> str:
    return await resetting.reset_password(
        world.authenticator, token="the-link", password="a-new-one-42", address=ADDRESS
    )


async def test_a_reset_ends_every_session_and_every_open_link_and_is_told(world: SimpleNamespace) -> None:
    mark = await _reset(world)
    assert known_device(b"k" * 32, mark, user_id=PERSON, sessions_valid_after=NOW)
    assert world.buckets == [Bucket(TOKEN_BY_ADDRESS, ADDRESS)]
    queries = world.queries
    queries.use_one_time_token.assert_awaited_once_with(DB, digest("the-link"), now=NOW)
    queries.reset_password_hash.assert_awaited_once_with(DB, PERSON, password_hash="hashed", now=NOW)
    world.closed.assert_awaited_once_with(DB, user_id=PERSON, reason="password reset", now=NOW)
    purposes = ["reset_password", "verify_email", "change_email"]
    queries.invalidate_tokens.assert_awaited_once_with(DB, user_id=PERSON, purposes=purposes, now=NOW)
    world.dropped.assert_not_awaited()
    world.audit.record.assert_awaited_once_with(
        DB, actor_id=PERSON, action="user.password_reset", target_type="user", target_id=PERSON
    )
    world.told.assert_awaited_once_with(DB, user_id=PERSON, kind="password_reset", session_id=None, now=NOW)


async def test_a_first_proof_of_the_address_takes_a_squatters_second_factor(world: SimpleNamespace) -> None:
    world.queries.lock_user.return_value = SimpleNamespace(id=PERSON, is_email_verified=False)
    await _reset(world)
    world.dropped.assert_awaited_once_with(DB, user_id=PERSON, now=NOW)


@pytest.mark.parametrize(
    "found",
    [
        None,
        SimpleNamespace(user_id=PERSON, purpose="verify_email", is_open=True),
        SimpleNamespace(user_id=PERSON, purpose="change_email", is_open=True),
        SimpleNamespace(user_id=PERSON, purpose="reset_password", is_open=False),
    ],
    ids=["unknown", "to-confirm", "to-change-the-address", "used"],
)
async def test_nothing_is_hashed_for_a_link_that_does_not_reset(world: SimpleNamespace, found: Any) -> None:
    world.queries.find_one_time_token.return_value = found
    with pytest.raises(InvalidToken):
        await _reset(world)
    cast("AsyncMock", world.authenticator.passwords).hash.assert_not_awaited()


async def test_who_loses_the_race_for_a_link_changes_nothing(world: SimpleNamespace) -> None:
    world.queries.use_one_time_token.return_value = None
    with pytest.raises(InvalidToken):
        await _reset(world)
    world.queries.reset_password_hash.assert_not_awaited()
    world.closed.assert_not_awaited()
