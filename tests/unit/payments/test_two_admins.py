"""When one admin is enough for a refund, and who may be the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from coursify.core.caller import Caller
from coursify.modules.payments.models.proposals import PROPOSAL_LIFETIME, RefundProposal
from coursify.modules.payments.policies import can_confirm_refund, can_refund_alone
from coursify.modules.users.models import User

NOW = datetime(2030, 1, 1, tzinfo=UTC)
FIRST, SECOND = uuid4(), uuid4()
SOON = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("amount", "asked", "limit", "alone"),
    [(100, 0, 100, True), (101, 0, 100, False), (1, 100, 100, False), (1, 0, 0, False), (10**12, 10**12, None, True)],
)
def test_one_admin_is_enough_up_to_the_limit(amount: int, asked: int, limit: int | None, *, alone: bool) -> None:
    assert can_refund_alone(amount, asked_minor=asked, limit_minor=limit) is alone


def caller(user_id: UUID) -> Caller:
    return Caller(user_id, uuid4(), "admin", is_email_verified=True, authenticated_at=NOW)


def proposer(**changes: Any) -> User:
    facts: dict[str, Any] = {
        "id": FIRST, "email": None, "name": None, "bio": None, "avatar_url": None,
    "avatar_path": None, "avatar_asset_id": None, "role": "admin",
        "status": "active", "email_verified_at": None, "created_at": NOW,
    }  # fmt: skip
    return User(**facts | changes)


@pytest.mark.parametrize(
    ("by", "who", "at", "confirms"),
    [
        (SECOND, proposer(), NOW, True),
        (SECOND, proposer(), NOW + PROPOSAL_LIFETIME, True),
        (SECOND, proposer(), NOW + PROPOSAL_LIFETIME + SOON, False),
        (FIRST, proposer(), NOW, False),
        (SECOND, proposer(role="instructor"), NOW, False),
        (SECOND, proposer(status="suspended"), NOW, False),
        (SECOND, proposer(role="student", status="erased"), NOW, False),
        (SECOND, None, NOW, False),
    ],
)
def test_a_second_admin_confirms_in_time_what_an_admin_proposed(
    by: UUID, who: User | None, at: datetime, *, confirms: bool
) -> None:
    proposal = RefundProposal(uuid4(), uuid4(), "refund", None, None, 100, "usd", FIRST, NOW, None)
    assert can_confirm_refund(caller(by), proposal, who, at) is confirms
