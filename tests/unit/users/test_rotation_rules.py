"""Which refresh token is given a successor, which the same one again, and which ends its family."""

from __future__ import annotations

import base64
import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from coursify.core.crypto import derive, digest
from coursify.core.database import Connection
from coursify.modules.users.authenticator import Authenticator
from coursify.modules.users.errors import InvalidRefreshToken, RefreshTokenReused
from coursify.modules.users.models import RefreshToken, SessionState
from coursify.modules.users.services import refresh_session as rotation
from coursify.modules.users.tokens import device_token, known_device, one_time_token, successor_of

pytestmark = pytest.mark.anyio
KEY = b"k" * 32
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DB = cast("Connection", None)
TOKEN = "the-parent"
AUTHENTICATOR = cast(
    "Authenticator",
    SimpleNamespace(server_key=KEY, tokens=SimpleNamespace(issue=lambda **claims: f"{claims['session_id']}")),
)
PARENT = RefreshToken(
    id=uuid4(),
    session_id=uuid4(),
    user_id=uuid4(),
    parent_id=None,
    issued_at=NOW - timedelta(minutes=5),
    expires_at=NOW + timedelta(days=14),
    rotated_at=None,
    revoked_at=None,
)
STATE = SessionState(
    session_id=PARENT.session_id,
    user_id=PARENT.user_id,
    role="student",
    status="active",
    email_verified_at=None,
    has_second_factor=False,
    authenticated_at=NOW,
    created_at=NOW,
    expires_at=NOW + timedelta(days=30),
    revoked_at=None,
    sessions_valid_after=NOW - timedelta(days=1),
)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """What the database answers: a live session, a token that nobody has spent."""
    answers = AsyncMock()
    answers.find_refresh_token.return_value = PARENT
    answers.lock_session_state.return_value = STATE
    answers.rotate_refresh_token.return_value = dataclasses.replace(PARENT, rotated_at=NOW)
    monkeypatch.setattr(rotation, "queries", answers)
    return answers


@pytest.fixture
def close_sessions(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    closed = AsyncMock()
    monkeypatch.setattr(rotation, "close_sessions", closed)
    return closed


@pytest.fixture
def tell_owner(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    told = AsyncMock()
    monkeypatch.setattr(rotation, "tell_owner", told)
    return told


async def _refresh() -> rotation.FreshPair:
    return await rotation.refresh_session(DB, authenticator=AUTHENTICATOR, refresh_token=TOKEN, now=NOW)


def _spent(queries: AsyncMock, *, seconds_ago: float, child: Any) -> None:
    spent = dataclasses.replace(PARENT, rotated_at=NOW - timedelta(seconds=seconds_ago))
    queries.rotate_refresh_token.return_value = None
    queries.find_refresh_token.side_effect = [PARENT, spent]
    queries.find_unused_child.return_value = child


async def test_a_live_token_is_spent_for_one_child(queries: AsyncMock) -> None:
    pair = await _refresh()
    [inserted] = queries.insert_refresh_token.await_args_list
    child = inserted.kwargs
    assert pair.refresh_token == successor_of(KEY, TOKEN, child["token_id"])
    assert pair.access_token == str(PARENT.session_id)
    assert child["token_hash"] == digest(pair.refresh_token)
    assert (child["parent_id"], child["session_id"], child["user_id"]) == (PARENT.id, PARENT.session_id, PARENT.user_id)
    assert (child["expires_at"], child["now"]) == (NOW + timedelta(days=14), NOW)
    queries.touch_session.assert_awaited_once_with(DB, PARENT.session_id, now=NOW)
    queries.rotate_refresh_token.assert_awaited_once_with(DB, digest(TOKEN), now=NOW)


async def test_a_child_lives_no_longer_than_its_session(queries: AsyncMock) -> None:
    ends = NOW + timedelta(days=3)
    queries.lock_session_state.return_value = dataclasses.replace(STATE, expires_at=ends)
    await _refresh()
    assert queries.insert_refresh_token.await_args.kwargs["expires_at"] == ends


async def test_a_token_that_nobody_knows_is_refused(queries: AsyncMock) -> None:
    queries.find_refresh_token.return_value = None
    with pytest.raises(InvalidRefreshToken):
        await _refresh()
    queries.lock_session_state.assert_not_awaited()
    queries.rotate_refresh_token.assert_not_awaited()


@pytest.mark.parametrize(
    "state",
    [
        None,
        dataclasses.replace(STATE, status="suspended"),
        dataclasses.replace(STATE, revoked_at=NOW),
        dataclasses.replace(STATE, expires_at=NOW),
        dataclasses.replace(STATE, sessions_valid_after=NOW + timedelta(seconds=1)),
    ],
    ids=["gone", "suspended", "revoked", "expired", "older-than-a-reset"],
)
async def test_a_token_of_a_session_that_is_over_is_refused_unspent(
    queries: AsyncMock, state: SessionState | None
) -> None:
    queries.lock_session_state.return_value = state
    with pytest.raises(InvalidRefreshToken):
        await _refresh()
    queries.rotate_refresh_token.assert_not_awaited()


@pytest.mark.parametrize("now_it_is", [None, PARENT], ids=["gone", "never-spent"])
async def test_a_token_that_could_not_be_spent_and_was_not_is_only_refused(
    queries: AsyncMock, close_sessions: AsyncMock, tell_owner: AsyncMock, now_it_is: RefreshToken | None
) -> None:
    """It has expired, or was swept meanwhile: no reason to end anything."""
    queries.rotate_refresh_token.return_value = None
    queries.find_refresh_token.side_effect = [PARENT, now_it_is]
    with pytest.raises(InvalidRefreshToken):
        await _refresh()
    close_sessions.assert_not_awaited()
    tell_owner.assert_not_awaited()


@pytest.mark.parametrize("seconds_ago", [0, 10])
async def test_within_ten_seconds_the_same_successor_is_given_again(queries: AsyncMock, seconds_ago: float) -> None:
    child = SimpleNamespace(id=uuid4())
    _spent(queries, seconds_ago=seconds_ago, child=child)
    assert (await _refresh()).refresh_token == successor_of(KEY, TOKEN, child.id)
    queries.find_unused_child.assert_awaited_once_with(DB, PARENT.id)
    queries.insert_refresh_token.assert_not_awaited()


@pytest.mark.parametrize(("seconds_ago", "child"), [(10.001, SimpleNamespace(id=uuid4())), (1, None)])
async def test_a_stale_token_ends_its_family_is_logged_and_told_to_the_owner(
    queries: AsyncMock, close_sessions: AsyncMock, tell_owner: AsyncMock, seconds_ago: float, child: Any
) -> None:
    _spent(queries, seconds_ago=seconds_ago, child=child)
    with capture_logs() as lines, pytest.raises(RefreshTokenReused):
        await _refresh()
    family: dict[str, UUID] = {"user_id": PARENT.user_id, "session_id": PARENT.session_id}
    close_sessions.assert_awaited_once_with(
        DB, user_id=PARENT.user_id, only=PARENT.session_id, reason="refresh token reused", now=NOW
    )
    tell_owner.assert_awaited_once_with(DB, **family, kind="token_reused", now=NOW)
    logged = {name: str(value) for name, value in family.items()}
    assert lines == [{"event": "refresh token reused", "log_level": "warning", **logged}]


def test_every_token_is_the_servers_word_on_its_own_purpose() -> None:
    """The exact formulas: who changes them signs everybody out, and one purpose's token must never fit another."""
    some_id, person = uuid4(), uuid4()

    def text(*raw: bytes) -> str:
        return base64.urlsafe_b64encode(b"".join(raw)).decode().rstrip("=")

    assert successor_of(KEY, TOKEN, some_id) == text(derive(KEY, "refresh", TOKEN, str(some_id)))
    assert one_time_token(KEY, some_id) == text(derive(KEY, "one-time", str(some_id)))
    marked = device_token(KEY, user_id=person, sessions_valid_after=NOW, device_id=some_id)
    assert marked == text(some_id.bytes, derive(KEY, "device", str(person), str(some_id), NOW.isoformat()))
    assert known_device(KEY, marked, user_id=person, sessions_valid_after=NOW) == some_id
