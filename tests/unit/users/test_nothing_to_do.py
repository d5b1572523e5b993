"""Services that find the world changed since they were asked: they do nothing, and say so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from unittest.mock import AsyncMock
from uuid import uuid4

import pytest

from coursify.core.caller import Caller
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import SecondFactor, User
from coursify.modules.users.services import check_code, remove_second_factor, tell_owner, update_profile

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DB = cast("Connection", None)
SEALER = Sealer((("e1", b"e" * 32),))
PERSON = uuid4()
ADMIN = Caller(user_id=uuid4(), session_id=uuid4(), role="admin", is_email_verified=True, authenticated_at=NOW)
ERASED = User(
    id=PERSON,
    email=None,
    name=None,
    bio=None,
    avatar_url=None,
    role="student",
    status="erased",
    email_verified_at=None,
    created_at=NOW,
)


@pytest.mark.parametrize("factor", [None, SecondFactor(PERSON, b"", confirmed_at=None, last_step=None)])
async def test_no_code_is_right_where_no_second_factor_guards_the_account(
    monkeypatch: pytest.MonkeyPatch, factor: SecondFactor | None
) -> None:
    answers = AsyncMock()
    answers.find_second_factor.return_value = factor
    monkeypatch.setattr(check_code, "queries", answers)
    assert not await check_code.check_code(DB, sealer=SEALER, user_id=PERSON, code="123456", now=NOW)


async def test_removing_a_second_factor_that_is_not_there_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, audit, told = AsyncMock(), AsyncMock(), AsyncMock()
    answers.delete_second_factor.return_value = 0
    monkeypatch.setattr(remove_second_factor, "queries", answers)
    monkeypatch.setattr(remove_second_factor, "audit", audit)
    monkeypatch.setattr(remove_second_factor, "tell_owner", told)
    monkeypatch.setattr(remove_second_factor, "lock_person", AsyncMock())
    await remove_second_factor.remove_second_factor(DB, user_id=PERSON, now=NOW)
    answers.delete_second_factor.assert_awaited_once_with(DB, PERSON)
    answers.notify_sessions.assert_not_awaited()
    audit.record.assert_not_awaited()
    told.assert_not_awaited()


async def test_what_a_session_has_told_of_is_not_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, mail = AsyncMock(), AsyncMock()
    answers.insert_security_event.return_value = None
    monkeypatch.setattr(tell_owner, "queries", answers)
    monkeypatch.setattr(tell_owner, "mail", mail)
    await tell_owner.tell_owner(DB, user_id=PERSON, kind="new_device", session_id=uuid4(), now=NOW)
    mail.post.assert_not_awaited()


async def test_nobody_gives_an_erased_person_a_profile_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = AsyncMock()
    answers.lock_user.return_value = ERASED
    monkeypatch.setattr(update_profile, "queries", answers)
    with pytest.raises(UserNotFound):
        await update_profile.update_profile(DB, caller=ADMIN, user_id=PERSON, changes={"name": "Ada"}, now=NOW)
    answers.update_profile.assert_not_awaited()
