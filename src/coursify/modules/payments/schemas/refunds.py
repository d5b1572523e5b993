"""Refunds on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from coursify.core.currencies import LARGEST_MINOR
from coursify.core.schema import Input, Moment, Output, Prose, Whole
from coursify.modules.payments.models.payments import RefundPreview
from coursify.modules.payments.models.refunds import Refund, RefundCause, RefundStatus


class RefundPreviewIn(Input):
    """The whole rest of a payment, or of one of its courses, or a part of it."""

    payment_id: UUID
    course_id: UUID | None = None
    amount_minor: Annotated[Whole, Field(gt=0, le=LARGEST_MINOR)] | None = Field(default=None, alias="amount")


class RefundIn(RefundPreviewIn):
    """As a preview, and why."""

    reason: Annotated[Prose, Field(max_length=500)] | None = None


class RefundOut(Output):
    """A refund. `cause`: asked for here, made at the provider, a course paid twice, or money of a wrong amount."""

    id: UUID
    payment_id: UUID
    amount: int
    currency: str
    status: RefundStatus
    cause: RefundCause
    reason: str | None
    failure_reason: str | None
    created_at: Moment
    settled_at: Moment | None

    @classmethod
    def of(cls, refund: Refund) -> RefundOut:
        return cls(
            id=refund.id,
            payment_id=refund.payment_id,
            amount=refund.amount_minor,
            currency=refund.currency,
            status=refund.status,
            cause=refund.cause,
            reason=refund.reason,
            failure_reason=refund.failure,
            created_at=refund.created_at,
            settled_at=refund.settled_at,
        )


class StartedRefund(Output):
    refund: RefundOut


class RefundShares(Output):
    """Who gives back how much of a line; for admins only."""

    instructor: int
    platform: int


class PreviewLineOut(Output):
    """`access`: whether this purchase keeps the course open; another grant may."""

    course_id: UUID
    title: str
    amount: int
    access: Literal["kept", "ended"]
    shares: RefundShares | None


class RefundPreviewOut(Output):
    """What the refund would do; asking for it stores nothing."""

    payment_id: UUID
    amount: int
    currency: str
    refunded_amount: int
    lines: list[PreviewLineOut]
    needs_second_admin: bool

    @classmethod
    def of(cls, preview: RefundPreview, *, with_shares: bool) -> RefundPreviewOut:
        return cls(
            payment_id=preview.payment.id,
            amount=preview.amount_minor,
            currency=preview.payment.currency,
            refunded_amount=preview.payment.refunded_minor + preview.amount_minor,
            lines=[
                PreviewLineOut(
                    course_id=line.line.course_id,
                    title=line.line.title,
                    amount=line.amount_minor,
                    access="ended" if line.ends_access else "kept",
                    shares=RefundShares(instructor=line.instructor_minor, platform=line.platform_minor)
                    if with_shares
                    else None,
                )
                for line in preview.lines
            ],
            needs_second_admin=preview.needs_second_admin,
        )
