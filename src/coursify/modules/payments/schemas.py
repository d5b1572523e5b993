"""Payments and refunds on the wire; amounts are in the currency's smallest unit."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from coursify.core.schema import Input, Moment, Output, Prose, Whole
from coursify.modules.payments.models import OrderLine, Payment, PaymentStatus, Refund, RefundStatus


class CheckoutIn(Input):
    """One course or several; prices are ours to know."""

    course_id: UUID | None = None
    course_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=50)

    @model_validator(mode="after")
    def _one_way(self) -> CheckoutIn:
        if (self.course_id is None) == (self.course_ids is None):
            raise ValueError("give either courseId or courseIds")
        return self

    def wanted(self) -> list[UUID]:
        if self.course_ids is not None:
            return self.course_ids
        if self.course_id is None:
            raise AssertionError("the validator asks for one of the two")
        return [self.course_id]


class EnrollIn(Input):
    course_id: UUID


class PaymentItem(Output):
    course_id: UUID
    title: str
    unit_amount: int
    discount: int
    amount: int
    refunded_amount: int


class PaymentFailure(Output):
    """Why the last attempt was declined; the same intent may be tried again."""

    code: str
    message: str


class PaymentOut(Output):
    """A payment; `courseId` is null for several courses: see `items`."""

    id: UUID
    order_id: UUID
    user_id: UUID
    course_id: UUID | None
    items: list[PaymentItem]
    amount: int
    currency: str
    refunded_amount: int
    status: PaymentStatus
    last_error: PaymentFailure | None
    transaction_id: str | None
    created_at: Moment
    paid_at: Moment | None

    @classmethod
    def of(cls, payment: Payment, lines: list[OrderLine]) -> PaymentOut:
        error = None
        if payment.last_error_code and not payment.is_settled:
            error = PaymentFailure(code=payment.last_error_code, message=payment.last_error_message or "")
        return cls(
            id=payment.id,
            order_id=payment.order_id,
            user_id=payment.user_id,
            course_id=lines[0].course_id if len(lines) == 1 else None,
            items=[_item(line) for line in lines],
            amount=payment.amount_minor,
            currency=payment.currency,
            refunded_amount=payment.refunded_minor,
            status=payment.status,
            last_error=error,
            transaction_id=payment.provider_payment_id,
            created_at=payment.created_at,
            paid_at=payment.received_at,
        )


class CheckoutOut(Output):
    """Confirm with Stripe by `clientSecret`; it is null when there is nothing to pay."""

    payment: PaymentOut
    client_secret: str | None


class PaymentConfig(Output):
    """What a client needs to confirm an intent."""

    publishable_key: str
    currency: str
    api_base: str


class RefundIn(Input):
    """The whole rest of a payment, or of one of its courses, or a part of it."""

    payment_id: UUID
    course_id: UUID | None = None
    amount_minor: Annotated[Whole, Field(gt=0, le=99_999_999)] | None = Field(default=None, alias="amount")
    reason: Annotated[Prose, Field(max_length=500)] | None = None


class RefundOut(Output):
    id: UUID
    payment_id: UUID
    amount: int
    currency: str
    status: RefundStatus
    reason: str | None
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
            reason=refund.reason,
            created_at=refund.created_at,
            settled_at=refund.settled_at,
        )


class RefundEnvelope(Output):
    refund: RefundOut


def _item(line: OrderLine) -> PaymentItem:
    return PaymentItem(
        course_id=line.course_id,
        title=line.title,
        unit_amount=line.unit_amount_minor,
        discount=line.discount_minor,
        amount=line.amount_minor,
        refunded_amount=line.refunded_minor,
    )
