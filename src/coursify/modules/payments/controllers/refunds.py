"""/payments/refund: money goes back."""

from __future__ import annotations

from fastapi import APIRouter, Response

from coursify.core.errors import StepUpRequired
from coursify.core.http import Db, Now, Route, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.payments.errors import (
    CourseNotInPayment,
    PaymentDisputed,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
    RefundNotAllowed,
    SecondAdminNeeded,
)
from coursify.modules.payments.guards import Configuration
from coursify.modules.payments.schemas import RefundEnvelope, RefundIn, RefundOut
from coursify.modules.payments.services.request_refund import request_refund
from coursify.modules.users.guards import SignedIn

router = APIRouter(route_class=Route, tags=["Payments"])


@router.post(
    "/payments/refund",
    status_code=202,
    response_model=Envelope[RefundEnvelope],
    responses=failures(
        PaymentNotFound,
        CourseNotInPayment,
        PaymentNotRefundable,
        PaymentDisputed,
        RefundExceedsPayment,
        RefundNotAllowed,
        SecondAdminNeeded,
        StepUpRequired,
    ),
)
async def refund_payment(body: RefundIn, caller: SignedIn, db: Db, now: Now, configuration: Configuration) -> Response:
    """Ask for money back; Stripe settles it, and access follows."""
    refund = await request_refund(
        db,
        caller=caller,
        refund_days=configuration.app.refund_days,
        two_person_limits=dict(configuration.app.two_person_refunds),
        now=now,
        **body.model_dump(),
    )
    return reply(RefundEnvelope(refund=RefundOut.of(refund)), "The refund is on its way.", status=202)
