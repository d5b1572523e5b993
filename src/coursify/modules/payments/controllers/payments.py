"""/payments: quotes, buying, and one's history."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.http import (
    Configuration,
    PageCursors,
    RequestTransaction,
    Router,
    Seal,
    SignedIn,
    WithDatabase,
    failures,
    reply,
)
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Cursors, PageQuery, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.payments.errors import PaymentInProgress, PaymentNotFound
from coursify.modules.payments.gateway import ProviderRefused, ProviderUnavailable
from coursify.modules.payments.guards import PROVIDER_SECONDS, Gateway
from coursify.modules.payments.models.payments import NextStep, Payment, PaymentFilters
from coursify.modules.payments.policies import can_see_payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.quotes import REFUSALS
from coursify.modules.payments.schemas.carts import CheckoutIn, QuoteIn, QuoteOut
from coursify.modules.payments.schemas.payments import (
    CheckoutOut,
    OwnPaymentQuery,
    PaymentConfig,
    PaymentOut,
    PaymentQuery,
)
from coursify.modules.payments.services.ask_provider import ask_provider
from coursify.modules.payments.services.list_payments import list_payments
from coursify.modules.payments.services.place_order import Terms
from coursify.modules.payments.services.quote_cart import quote_cart
from coursify.modules.payments.services.read_pages import read_pages
from coursify.modules.payments.services.start_checkout import start_checkout

router = Router(tag="payments")

CONFIG_SECONDS = 60
MESSAGES: dict[NextStep | None, str] = {
    "confirm": "Confirm the payment with Stripe.",
    "authenticate": "Confirm the payment at your bank.",
    "wait": "The bank is moving the money. Nothing is left to do but wait.",
    None: "Nothing is left to pay.",
}
SAME_PAYMENT: dict[int | str, dict[str, Any]] = {
    200: {"model": Envelope[CheckoutOut], "description": "The payment that is open already"}
}


@router.get(
    "/payments/config",
    operation_id="get_payment_config",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=Envelope[PaymentConfig],
)
async def get_payment_config(request: Request, configuration: Configuration) -> Response:
    """What a client needs to confirm a payment with Stripe."""
    config = PaymentConfig(
        publishable_key=configuration.stripe.stripe_publishable_key,
        currency=configuration.app.default_currency,
        api_base=configuration.stripe.stripe_api_base,
    )
    return cacheable(request, reply(config, "Payment settings."), max_age=CONFIG_SECONDS)


@router.post(
    "/payments/quote",
    operation_id="quote_payment",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[QuoteOut],
)
async def quote_payment(
    body: QuoteIn, caller: SignedIn, database: WithDatabase, configuration: Configuration
) -> Response:
    """What these courses cost the caller now, and what speaks against buying them; nothing is stored."""
    now = await database.now()
    async with database.read() as db:
        quote = await quote_cart(
            db,
            user_id=caller.user_id,
            fields=body.fields(),
            default_currency=configuration.app.default_currency,
            now=now,
        )
    return reply(QuoteOut.of(quote), "Price of the cart.")


@router.post(
    "/payments",
    operation_id="start_payment",
    policy=Policy(
        Who.SIGNED_IN,
        rule="a published course, not one's own",
        rate="checkout",
        idempotency=Idempotency.REQUIRED,
        seconds=PROVIDER_SECONDS,
    ),
    status_code=201,
    response_model=Envelope[CheckoutOut],
    responses=SAME_PAYMENT | failures(*REFUSALS, PaymentInProgress, ProviderRefused, ProviderUnavailable),
)
async def start_payment(
    body: CheckoutIn,
    caller: SignedIn,
    database: WithDatabase,
    transaction: RequestTransaction,
    gateway: Gateway,
    sealer: Seal,
    configuration: Configuration,
) -> Response:
    """Buy: prices are frozen on the order, and Stripe waits for the payment method."""
    settings = configuration.app
    terms = Terms(settings.instructor_share_bp, settings.refund_days, settings.default_currency)
    checkout = await start_checkout(
        database, gateway, sealer, transaction, user_id=caller.user_id, fields=body.fields(), terms=terms
    )
    db, now = await transaction.begin()
    (page,) = await read_pages(db, [checkout.payment], caller=caller, now=now)
    answer = CheckoutOut(payment=PaymentOut.of(page), client_secret=checkout.client_secret)
    message = MESSAGES[checkout.payment.next_step]
    return reply(answer, message, status=201 if checkout.is_new else 200)


@router.get(
    "/payments",
    operation_id="list_my_payments",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=PageEnvelope[list[PaymentOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_my_payments(
    caller: SignedIn, database: WithDatabase, cursors: PageCursors, query: Annotated[OwnPaymentQuery, Query()]
) -> Response:
    """Your payments, newest first; of one course, one status or one time where that is asked."""
    return await _list(database, cursors, query, caller, query.filters_of(caller.user_id))


@router.get(
    "/admin/payments",
    operation_id="list_all_payments",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[PaymentOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_all_payments(
    caller: SignedIn, database: WithDatabase, cursors: PageCursors, query: Annotated[PaymentQuery, Query()]
) -> Response:
    """Everybody's payments, newest first."""
    return await _list(database, cursors, query, caller, query.filters_of(query.user_id))


@router.get(
    "/payments/{payment_id:uuid}",
    operation_id="get_payment",
    policy=Policy(Who.SIGNED_IN, rule="its owner or an admin", rate="read", seconds=PROVIDER_SECONDS),
    response_model=Envelope[PaymentOut],
    responses=failures(PaymentNotFound, ProviderRefused),
)
async def get_payment(payment_id: UUID, caller: SignedIn, database: WithDatabase, gateway: Gateway) -> Response:
    """One payment; while it is open, Stripe is asked about it (at most once in 3 s)."""
    async with database.read() as db:
        payment = await payments.get_payment(db, payment_id)
    if not can_see_payment(caller, payment.user_id):
        raise PaymentNotFound
    payment = await ask_provider(database, gateway, payment)
    return reply(await _page(database, caller, payment), "Payment details.")


async def _page(database: Database, caller: Caller, payment: Payment) -> PaymentOut:
    now = await database.now()
    async with database.read() as db:
        (page,) = await read_pages(db, [payment], caller=caller, now=now)
    return PaymentOut.of(page)


async def _list(
    database: Database, cursors: Cursors, query: PageQuery, caller: Caller, filters: PaymentFilters
) -> Response:
    pager = Pager(query, cursors, "payments", filters)
    now = await database.now()
    async with database.read() as db:
        page = await list_payments(db, filters, caller=caller, window=pager.window, now=now)
    shown = [PaymentOut.of(found) for found in page.items]
    return reply(shown, "Payments, newest first.", meta=pager.meta(page))
