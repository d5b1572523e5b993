"""Who may do what to whose account, and when a session counts."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from coursify.core.caller import Caller, Role
from coursify.modules.users.models import FORMER_MEMBER, SessionState, Status, User
from coursify.modules.users.policies import can_manage, can_see_profile, has_stepped_up

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _caller(role: Role = "student", *, authenticated_at: datetime = NOW) -> Caller:
    return Caller(uuid4(), uuid4(), role, is_email_verified=True, authenticated_at=authenticated_at)


def _user(role: Role, status: Status = "active") -> User:
    return User(uuid4(), "a@example.com", "Ada", None, None, role, status, None, NOW)


def test_one_manages_oneself_and_an_admin_everyone() -> None:
    student, admin = _caller(), _caller("admin")
    assert can_manage(student, student.user_id)
    assert not can_manage(student, admin.user_id)
    assert not can_manage(_caller("instructor"), student.user_id)
    assert can_manage(admin, student.user_id)


@pytest.mark.parametrize(
    ("role", "status", "is_public"),
    [
        ("instructor", "active", True),
        ("instructor", "suspended", False),
        ("instructor", "erased", False),
        ("student", "active", False),
        ("admin", "active", False),
    ],
)
def test_only_active_instructors_are_public(role: Role, status: Status, is_public: bool) -> None:  # noqa: FBT001
    assert can_see_profile(_user(role, status)) is is_public


def test_a_step_up_lasts_ten_minutes() -> None:
    caller = _caller()
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
def test_a_session_counts_while_nothing_ended_it(change: dict[str, Any], is_alive: bool) -> None:  # noqa: FBT001
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


def test_who_is_erased_is_a_former_member() -> None:
    assert dataclasses.replace(_user("student"), name=None).display_name == FORMER_MEMBER
    assert _user("student").display_name == "Ada"
