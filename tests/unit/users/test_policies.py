"""Who may manage and see an account."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from coursify.core.caller import Caller, Role
from coursify.modules.users.models import FORMER_MEMBER, Status, User
from coursify.modules.users.policies import can_manage, can_see_profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _caller(role: Role = "student") -> Caller:
    return Caller(uuid4(), uuid4(), role, is_email_verified=True, authenticated_at=NOW)


def _user(role: Role, status: Status = "active") -> User:
    return User(
        id=uuid4(),
        email="a@example.com",
        name="Ada",
        bio=None,
        avatar_url=None,
        avatar_path=None,
        avatar_asset_id=None,
        role=role,
        status=status,
        email_verified_at=None,
        created_at=NOW,
    )


def test_users_manage_themselves_and_admins_everyone() -> None:
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


def test_an_erased_user_is_a_former_member() -> None:
    assert dataclasses.replace(_user("student"), name=None).display_name == FORMER_MEMBER
    assert _user("student").display_name == "Ada"
