"""/payments: buying, and one's history."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from coursify.core.database import Database
from coursify.core.http import Data, PageCursors, Route, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import (
    TOTAL_CAP,
    CursorInvalid,
    Cursors,
    PageQuery,
    PageTooDeep,
    cut,
    id_before,
    id_key,
    meta_of,
)
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.enrollments.errors import AlreadyEnrolled, OwnCourse
from coursify.modules.payments.errors import (
    AmountNotChargeable,
    AmountTooSmall,
    CurrenciesMixed,
    PaymentInProgress,
    PaymentNotFound,
    ProviderUnavailable,
)
from coursify.modules.payments.guards import Configuration, Gateway, Seal
from coursify.modules.payments.models import Payment
from coursify.modules.payments.policies import can_see_payment
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.schemas import CheckoutIn, CheckoutOut, PaymentConfig, PaymentOut
from coursify.modules.payments.services.ask_provider import ask_provider
from coursify.modules.payments.services.start_checkout import start_checkout
from coursify.modules.users.guards import SignedIn

router = APIRouter(route_class=Route, tags=["Payments"])

CONFIG_SECONDS = 60
STANDING: dict[int | str, dict[str, Any]] = {
    200: {"model": Envelope[CheckoutOut], "description": "The payment that stands already"}
}


@router.get("/payments/config", response_model=Envelope[PaymentConfig])
async def get_payment_config(request: Request, configuration: Configuration) -> Response:
    """What a client needs to confirm a payment with Stripe."""
    config = PaymentConfig(
        publishable_key=configuration.stripe.stripe_publishable_key,
        currency=configuration.app.default_currency,
        api_base=configuration.stripe.stripe_api_base,
    )
    return cacheable(request, reply(config, "How to confirm a payment."), max_age=CONFIG_SECONDS)


@router.post(
    "/payments",
    status_code=201,
    response_model=Envelope[CheckoutOut],
    responses=STANDING
    | failures(
        CourseNotFound,
        AlreadyEnrolled,
        OwnCourse,
        PaymentInProgress,
        CurrenciesMixed,
        AmountTooSmall,
        AmountNotChargeable,
        ProviderUnavailable,
    ),
)
async def start_payment(
    body: CheckoutIn, caller: SignedIn, data: Data, gateway: Gateway, sealer: Seal, configuration: Configuration
) -> Response:
    """Buy: prices are frozen on the order, and Stripe waits for the card."""
    checkout = await start_checkout(
        data,
        gateway,
        sealer,
        user_id=caller.user_id,
        course_ids=body.wanted(),
        instructor_share_bp=configuration.app.instructor_share_bp,
    )
    answer = CheckoutOut(payment=await _with_lines(data, checkout.payment), client_secret=checkout.client_secret)
    return reply(answer, "Confirm the payment with Stripe.", status=201 if checkout.is_new else 200)


@router.get("/payments", response_model=PageEnvelope[list[PaymentOut]], responses=failures(PageTooDeep, CursorInvalid))
async def list_my_payments(
    caller: SignedIn, data: Data, cursors: PageCursors, page: Annotated[PageQuery, Query()]
) -> Response:
    """One's own payments, newest first."""
    return await _list(data, cursors, page, caller.user_id)


@router.get(
    "/admin/payments", response_model=PageEnvelope[list[PaymentOut]], responses=failures(PageTooDeep, CursorInvalid)
)
async def list_all_payments(data: Data, cursors: PageCursors, page: Annotated[PageQuery, Query()]) -> Response:
    """Everybody's payments, newest first."""
    return await _list(data, cursors, page, None)


@router.get("/payments/{payment_id:uuid}", response_model=Envelope[PaymentOut], responses=failures(PaymentNotFound))
async def get_payment(payment_id: UUID, caller: SignedIn, data: Data, gateway: Gateway) -> Response:
    """One payment; while it is open, Stripe is asked about it (at most once in 3 s)."""
    async with data.read() as db:
        payment = await payments.get_payment(db, payment_id)
    if not can_see_payment(caller, payment.user_id):
        raise PaymentNotFound
    payment = await ask_provider(data, gateway, payment)
    return reply(await _with_lines(data, payment), "The payment.")


async def _with_lines(data: Database, payment: Payment) -> PaymentOut:
    async with data.read() as db:
        return PaymentOut.of(payment, await orders.list_order_lines(db, payment.order_id))


async def _list(data: Database, cursors: Cursors, query: PageQuery, user_id: UUID | None) -> Response:
    scope = f"payments:{user_id}"
    before, offset = id_before(query, cursors, scope), query.offset()
    async with data.read() as db:
        rows = await payments.list_payments(db, user_id=user_id, limit=query.limit + 1, offset=offset, before=before)
        total = await payments.count_payments(db, user_id=user_id, cap=TOTAL_CAP)
        lines = await orders.list_lines_of_orders(db, [row.order_id for row in rows])
    page = cut(rows, query.limit, total=total, key=id_key)
    shown = [PaymentOut.of(row, [line for line in lines if line.order_id == row.order_id]) for row in page.items]
    return reply(shown, "Payments, newest first.", meta=meta_of(page, query, cursors, scope))
