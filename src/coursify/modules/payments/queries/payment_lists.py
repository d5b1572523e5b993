"""The SQL of lists of payments: by person, course, status and time, the newest first."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.modules.payments.models.payments import Payment, PaymentFilters, PaymentStatus
from coursify.modules.payments.queries.payments import PAYMENT

# `Payment.status` as SQL; a test compares the two.
_STATUS = """
    CASE WHEN payment.has_open_dispute OR payment.has_lost_dispute THEN 'disputed'
         WHEN payment.intent_rank = 2 AND payment.amount_received_minor > 0
              AND payment.refunded_minor >= payment.amount_received_minor THEN 'refunded'
         WHEN payment.intent_rank = 2 AND payment.refunded_minor > 0 THEN 'partially_refunded'
         WHEN payment.intent_rank = 2 AND payment.order_status <> 'paid'
              AND (payment.awaits_decision OR payment.claimed_minor > payment.refunded_minor) THEN 'processing'
         WHEN payment.intent_rank = 2 AND payment.order_status <> 'paid' THEN 'canceled'
         WHEN payment.intent_rank = 2 OR payment.order_status = 'paid' THEN 'succeeded'
         WHEN payment.order_status = 'expired' THEN 'failed'
         WHEN payment.order_status = 'canceled' OR payment.intent_rank = 1 THEN 'canceled'
         WHEN payment.intent_status = 'processing' THEN 'processing'
         ELSE 'pending' END
"""
_OF_COURSES = """
    payment.order_id IN (SELECT order_id FROM order_lines WHERE course_id = ANY(%(course_ids)s))
"""
_BEFORE = """
    (payment.created_at, payment.id) < ((SELECT created_at FROM payments WHERE id = %(before)s), %(before)s::uuid)
"""
_ORDER = "JOIN orders AS purchase ON purchase.id = payment.order_id"
_RETURNED = """
    CROSS JOIN LATERAL (SELECT sum(amount_minor) AS minor FROM refunds
                        WHERE payment_id = payment.id AND status = 'succeeded'
                          AND currency = coalesce(payment.received_currency, payment.currency)) AS returned
"""
_HAS_REFUND = "payment.id IN (SELECT payment_id FROM refunds WHERE status = 'succeeded')"
_UNDISPUTED = "payment.id NOT IN (SELECT payment_id FROM disputes WHERE status IN ('open', 'lost'))"
_WHOLLY = "(payment.amount_received_minor > 0 AND returned.minor >= payment.amount_received_minor)"
# What a payment with this status has, as a join and a condition, so that few rows are looked at.
_EXACTLY: Final[dict[PaymentStatus, tuple[str, str]]] = {
    "refunded": (_RETURNED, f"{_HAS_REFUND} AND payment.intent_rank = 2 AND {_WHOLLY} AND {_UNDISPUTED}"),
    "partially_refunded": (
        _RETURNED,
        f"{_HAS_REFUND} AND payment.intent_rank = 2 AND returned.minor > 0 AND {_WHOLLY} IS NOT TRUE AND {_UNDISPUTED}",
    ),
    "disputed": ("", "payment.id IN (SELECT payment_id FROM disputes WHERE status IN ('open', 'lost'))"),
}
# What it has at least: the status of each is read then.
_AT_LEAST: Final[dict[PaymentStatus, tuple[str, str]]] = {
    "pending": (_ORDER, "purchase.status <> 'paid'"),
    "processing": (_ORDER, "purchase.status <> 'paid'"),
    "failed": (_ORDER, "purchase.status <> 'paid'"),
    "canceled": (_ORDER, "purchase.status <> 'paid'"),
    "succeeded": (_ORDER, "(payment.intent_rank = 2 OR purchase.status = 'paid')"),
}
_NARROWING: Final = {**_EXACTLY, **_AT_LEAST}
_NEWEST = "ORDER BY payment.created_at DESC, payment.id DESC"
_PAGE = "LIMIT %(limit)s OFFSET %(offset)s"


async def list_payments(
    db: Connection, filters: PaymentFilters, *, limit: int, offset: int, before: UUID | None
) -> list[Payment]:
    """Newest first. What belongs to a payment is read for the rows of the page, or until it is full of one status."""
    inner, outer = _cut(filters)
    return await fetch_all(
        db,
        Payment,
        f"""
        SELECT payment.* FROM (
            {_choose(filters, is_continued=before is not None)} {inner}
        ) AS chosen CROSS JOIN LATERAL (SELECT {PAYMENT} WHERE payment.id = chosen.id OFFSET 0) AS payment
        {_with_status(filters)} ORDER BY chosen.created_at DESC, chosen.id DESC {outer}
        """,
        **filters.parameters(),
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_payments(db: Connection, filters: PaymentFilters, *, cap: int) -> int:
    of_status = f"""
        CROSS JOIN LATERAL (SELECT {PAYMENT} WHERE payment.id = chosen.id OFFSET 0) AS payment {_with_status(filters)}
    """
    return await fetch_value(
        db,
        int,
        f"""
        SELECT count(*) FROM
            (SELECT FROM ({_choose(filters, is_continued=False)}) AS chosen
             {of_status if filters.status in _AT_LEAST else ""} LIMIT %(cap)s + 1) AS counted
        """,
        **filters.parameters(),
        cap=cap,
    )


def _choose(filters: PaymentFilters, *, is_continued: bool) -> str:
    """The payments that the indexes find, before anything is read about them."""
    join, narrow = _NARROWING[filters.status] if filters.status else ("", "")
    conditions = [
        *(["payment.user_id = %(user_id)s"] if filters.user_id else []),
        *(["payment.user_id = ANY(%(user_ids)s)"] if filters.user_ids is not None else []),
        *([_OF_COURSES] if filters.course_ids is not None else []),
        *(["payment.id = %(payment_id)s"] if filters.payment_id else []),
        *(["payment.created_at >= %(since)s"] if filters.since else []),
        *(["payment.created_at < %(until)s"] if filters.until else []),
        *([narrow] if narrow else []),
        *([_BEFORE] if is_continued else []),
    ]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT payment.id, payment.created_at FROM payments AS payment {join} {where}"


def _cut(filters: PaymentFilters) -> tuple[str, str]:
    """Where a list is sorted and cut: among what is chosen, and among what was read about that.

    OFFSET 0 makes the planner find and sort all that may fit first, which are few. The others are met soon on the way
    through the index of times, so there it must know how few are wanted.
    """
    if filters.status == "succeeded" and not filters.is_narrow:
        return "", _PAGE
    if filters.status is None and not filters.is_narrow:
        return f"{_NEWEST} {_PAGE}", ""
    return f"{_NEWEST} OFFSET 0", _PAGE


def _with_status(filters: PaymentFilters) -> str:
    """The planner takes a comparison for rare, and CASE for as likely as not: it then expects a full page early."""
    return f"WHERE CASE WHEN {_STATUS} = %(status)s THEN true END" if filters.status in _AT_LEAST else ""
