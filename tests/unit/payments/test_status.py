"""What clients see of a payment is derived from its facts, disputes first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.services.derive_access import why_closed

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def payment(**facts: Any) -> Payment:
    plain: dict[str, Any] = {
        "id": uuid4(), "order_id": uuid4(), "user_id": uuid4(), "provider_payment_id": "pi_1", "attempt": 1,
        "attempted_at": None, "client_secret": None, "intent_status": "requires_payment_method", "intent_rank": 0,
        "amount_minor": 5000, "amount_received_minor": 0, "received_currency": None, "currency": "usd",
        "last_error_code": None, "last_error_message": None, "received_at": None, "fetch_number": None,
        "created_at": NOW, "order_status": "payable", "refund_days": 30, "paid_at": None,
        "refunded_minor": 0, "claimed_minor": 0,
        "provider_refunded_minor": 0, "has_open_dispute": False, "has_lost_dispute": False, "awaits_decision": False,
    }  # fmt: skip
    return Payment(**plain | facts)


RECEIVED = {"intent_rank": 2, "intent_status": "succeeded", "amount_received_minor": 5000, "order_status": "paid"}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "pending"),
        ({"intent_status": "requires_action"}, "pending"),
        ({"intent_status": "processing"}, "processing"),
        ({"intent_rank": 1, "intent_status": "canceled"}, "canceled"),
        ({"order_status": "canceled"}, "canceled"),
        ({"order_status": "expired", "intent_rank": 1}, "failed"),
        (RECEIVED, "succeeded"),
        ({"order_status": "paid", "amount_minor": 0}, "succeeded"),
        (RECEIVED | {"refunded_minor": 1}, "partially_refunded"),
        (RECEIVED | {"refunded_minor": 5000}, "refunded"),
        (RECEIVED | {"refunded_minor": 5000, "has_open_dispute": True}, "disputed"),
        (RECEIVED | {"has_lost_dispute": True}, "disputed"),
        (RECEIVED | {"order_status": "payable", "awaits_decision": True}, "processing"),
        (RECEIVED | {"order_status": "canceled", "awaits_decision": True}, "processing"),
        (RECEIVED | {"order_status": "canceled", "claimed_minor": 5000}, "processing"),
        (RECEIVED | {"order_status": "canceled"}, "canceled"),
        (RECEIVED | {"order_status": "canceled", "refunded_minor": 5000}, "refunded"),
    ],
)
def test_the_status_follows_from_the_facts(facts: dict[str, Any], status: str) -> None:
    assert payment(**facts).status == status


def line(refunded: int, amount: int = 5000) -> OrderLine:
    return OrderLine(
        id=uuid4(),
        order_id=uuid4(),
        course_id=uuid4(),
        slug="a-course",
        title="A course",
        image_path=None,
        instructor_id=uuid4(),
        instructor_share_bp=7000,
        unit_amount_minor=amount,
        discount_minor=0,
        amount_minor=amount,
        paid_minor=amount,
        refunded_minor=refunded,
        pending_minor=0,
        requested_minor=0,
        disputed_minor=0,
    )


@pytest.mark.parametrize(
    ("facts", "refunded", "reason"),
    [
        ({}, 0, None),
        ({}, 4999, None),
        ({}, 5000, "refunded"),
        ({"has_open_dispute": True}, 0, "dispute_open"),
        ({"has_lost_dispute": True}, 0, "dispute_lost"),
        ({"has_lost_dispute": True, "has_open_dispute": True}, 0, "dispute_lost"),
        ({"has_open_dispute": True}, 5000, "refunded"),
    ],
)
def test_a_bought_course_is_closed_for_one_reason(facts: dict[str, Any], refunded: int, reason: str | None) -> None:
    assert why_closed(payment(**RECEIVED | facts), line(refunded)) == reason


def test_a_free_line_is_never_refunded_whole() -> None:
    assert why_closed(payment(**RECEIVED), line(0, amount=0)) is None
