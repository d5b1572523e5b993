"""How long a step-up lasts, and when a session is alive."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from coursify.core.caller import Caller
from coursify.modules.identity.models import SessionState
from coursify.modules.identity.policies import has_stepped_up

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_step_up_lasts_ten_minutes() -> None:
    caller = Caller(uuid4(), uuid4(), "student", is_email_verified=True, authenticated_at=NOW)
    assert has_stepped_up(caller, NOW + 10 * MINUTE)
    assert not has_stepped_up(caller, NOW + 10 * MINUTE + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("change", "is_alive"),
    [
        ({}, True),
        ({"status": "suspended"}, False),
        ({"status": "erased"}, False),
        ({"revoked_at": NOW}, False),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW + MINUTE}, True),
        ({"sessions_valid_after": NOW - 5 * MINUTE}, True),
        ({"sessions_valid_after": NOW - 5 * MINUTE + timedelta(microseconds=1)}, False),
    ],
)
def test_a_session_is_alive_until_something_ends_it(change: dict[str, Any], is_alive: bool) -> None:  # noqa: FBT001
    state = SessionState(
        session_id=uuid4(),
        user_id=uuid4(),
        role="student",
        status="active",
        email_verified_at=None,
        has_second_factor=False,
        authenticated_at=NOW,
        created_at=NOW - 5 * MINUTE,
        expires_at=NOW + timedelta(days=30),
        revoked_at=None,
        sessions_valid_after=NOW - timedelta(days=1),
    )
    assert dataclasses.replace(state, **change).is_alive(NOW) is is_alive
