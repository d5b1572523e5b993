"""Payments on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from coursify.core.pagination import PageQuery
from coursify.core.pictures import ImageSizes, image_sizes, image_url
from coursify.core.schema import Moment, Output, QueryMoment
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import NextStep, Payment, PaymentFilters, PaymentPage, PaymentStatus
from coursify.modules.payments.models.refunds import Refund, Refundable, RefundStatus, WhyNotRefundable


class OwnPaymentQuery(PageQuery):
    """Payments made from `from` on and before `to`; a date is its midnight, UTC."""

    course_id: UUID | None = None
    status: PaymentStatus | None = None
    since: Annotated[QueryMoment | None, Field(alias="from")] = None
    until: Annotated[QueryMoment | None, Field(alias="to")] = None

    def filters_of(self, user_id: UUID | None) -> PaymentFilters:
        """Those of one person, or of everybody."""
        courses = [self.course_id] if self.course_id else None
        return PaymentFilters(user_id, self.status, self.since, self.until, course_ids=courses)


class PaymentQuery(OwnPaymentQuery):
    """The same for admins, who may ask for one person."""

    user_id: UUID | None = None


class PaymentItem(Output):
    course_id: UUID
    slug: str
    title: str
    image_url: str | None
    image_sizes: ImageSizes | None
    unit_amount: int
    discount: int
    amount: int
    refunded_amount: int

    @classmethod
    def of(cls, line: OrderLine) -> PaymentItem:
        return cls(
            course_id=line.course_id,
            slug=line.slug,
            title=line.title,
            image_url=image_url(line.image_path),
            image_sizes=image_sizes(line.image_path),
            unit_amount=line.unit_amount_minor,
            discount=line.discount_minor,
            amount=line.amount_minor,
            refunded_amount=line.refunded_minor,
        )


class PaymentFailure(Output):
    """Why the last attempt was declined; the same intent may be tried again."""

    code: str
    message: str


class NextAction(Output):
    """`confirm` the payment with Stripe.js, `authenticate` it there, or `wait` for the bank or the school."""

    type: NextStep


class PaymentRefund(Output):
    id: UUID
    amount: int
    currency: str
    status: RefundStatus
    failure_reason: str | None
    created_at: Moment

    @classmethod
    def of(cls, refund: Refund) -> PaymentRefund:
        return cls(
            id=refund.id,
            amount=refund.amount_minor,
            currency=refund.currency,
            status=refund.status,
            failure_reason=refund.failure,
            created_at=refund.created_at,
        )


class RefundableOut(Output):
    """What the caller may ask back now. `until` is the end of the buyer's term; `reason` says why the amount is 0."""

    amount: int
    until: Moment | None
    reason: WhyNotRefundable | None

    @classmethod
    def of(cls, refundable: Refundable) -> RefundableOut:
        return cls(amount=refundable.amount_minor, until=refundable.until, reason=refundable.reason)


class PaymentOut(Output):
    """A payment; `courseId` is null for several courses: see `items`. `amountReceived` may differ from `amount`."""

    id: UUID
    order_id: UUID
    user_id: UUID
    course_id: UUID | None
    items: list[PaymentItem]
    amount: int
    amount_received: int
    currency: str
    refunded_amount: int
    status: PaymentStatus
    last_error: PaymentFailure | None
    next_action: NextAction | None
    transaction_id: str | None
    created_at: Moment
    paid_at: Moment | None
    enrollment_ids: list[UUID]
    refunds: list[PaymentRefund]
    refundable: RefundableOut

    @classmethod
    def of(cls, page: PaymentPage) -> PaymentOut:
        payment, lines = page.payment, page.lines
        return cls(
            id=payment.id,
            order_id=payment.order_id,
            user_id=payment.user_id,
            course_id=lines[0].course_id if len(lines) == 1 else None,
            items=[PaymentItem.of(line) for line in lines],
            amount=payment.amount_minor,
            amount_received=payment.amount_received_minor,
            currency=payment.currency,
            refunded_amount=payment.refunded_minor,
            status=payment.status,
            last_error=_last_error(payment),
            next_action=NextAction(type=payment.next_step) if payment.next_step else None,
            transaction_id=payment.provider_payment_id,
            created_at=payment.created_at,
            paid_at=payment.received_at,
            enrollment_ids=page.enrollment_ids,
            refunds=[PaymentRefund.of(refund) for refund in page.refunds],
            refundable=RefundableOut.of(page.refundable),
        )


def _last_error(payment: Payment) -> PaymentFailure | None:
    if payment.is_settled or not payment.last_error_code:
        return None
    message = payment.last_error_message or "The payment was declined. Try again, or pay another way."
    return PaymentFailure(code=payment.last_error_code, message=message)


class CheckoutOut(Output):
    """Confirm with Stripe by `clientSecret`; it is null when there is nothing to pay."""

    payment: PaymentOut
    client_secret: str | None


class PaymentConfig(Output):
    """What a client needs to confirm an intent."""

    publishable_key: str
    currency: str
    api_base: str
