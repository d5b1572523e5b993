"""/payments/refund and /refunds: money goes back."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import StepUpRequired
from coursify.core.http import Configuration, Db, Now, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.payments.errors import (
    AmountNotChargeable,
    CourseNotInPayment,
    PaymentDisputed,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
    RefundNotAllowed,
    RefundNotFound,
    SecondAdminNeeded,
)
from coursify.modules.payments.policies import can_see_payment
from coursify.modules.payments.queries import payments, refunds
from coursify.modules.payments.schemas.refunds import (
    RefundIn,
    RefundOut,
    RefundPreviewIn,
    RefundPreviewOut,
    StartedRefund,
)
from coursify.modules.payments.services.preview_refund import preview_refund
from coursify.modules.payments.services.request_refund import request_refund

router = Router(tag="payments")

REFUSALS = (
    PaymentNotFound,
    CourseNotInPayment,
    PaymentNotRefundable,
    PaymentDisputed,
    RefundExceedsPayment,
    AmountNotChargeable,
    RefundNotAllowed,
)


@router.post(
    "/payments/refund",
    operation_id="refund_payment",
    policy=Policy(
        Who.SIGNED_IN,
        rule="an admin who stepped up, two of them above TWO_PERSON_REFUNDS; the buyer within the term, whole courses",
        idempotency=Idempotency.REQUIRED,
    ),
    status_code=202,
    response_model=Envelope[StartedRefund],
    responses=failures(*REFUSALS, SecondAdminNeeded, StepUpRequired),
)
async def refund_payment(body: RefundIn, caller: SignedIn, db: Db, now: Now, configuration: Configuration) -> Response:
    """Ask for money back; Stripe settles it, and access follows."""
    refund = await request_refund(
        db,
        caller=caller,
        two_person_limits=dict(configuration.app.two_person_refunds),
        now=now,
        **body.model_dump(),
    )
    return reply(StartedRefund(refund=RefundOut.of(refund)), "Refund requested.", status=202)


@router.post(
    "/payments/refund/preview",
    operation_id="preview_payment_refund",
    policy=Policy(Who.SIGNED_IN, rule="the payment's buyer or an admin", rate="read"),
    response_model=Envelope[RefundPreviewOut],
    responses=failures(*REFUSALS),
)
async def preview_payment_refund(
    body: RefundPreviewIn, caller: SignedIn, database: WithDatabase, configuration: Configuration
) -> Response:
    """What a refund would do to money, access and, for admins, shares; nothing is stored."""
    now = await database.now()
    async with database.read() as db:
        preview = await preview_refund(
            db,
            caller=caller,
            two_person_limits=dict(configuration.app.two_person_refunds),
            now=now,
            **body.model_dump(),
        )
    return reply(RefundPreviewOut.of(preview, with_shares=caller.is_admin), "Refund preview.")


@router.get(
    "/refunds/{refund_id}",
    operation_id="get_refund",
    policy=Policy(Who.SIGNED_IN, rule="its buyer or an admin", rate="read"),
    response_model=Envelope[RefundOut],
    responses=failures(RefundNotFound),
)
async def get_refund(refund_id: UUID, caller: SignedIn, database: WithDatabase) -> Response:
    """One refund, for its buyer and admins."""
    async with database.read() as db:
        refund = await refunds.get_refund(db, refund_id)
        payment = await payments.get_payment(db, refund.payment_id)
    if not can_see_payment(caller, payment.user_id):
        raise RefundNotFound
    return reply(RefundOut.of(refund), "Refund details.")
