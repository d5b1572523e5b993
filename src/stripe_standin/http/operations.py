"""One page: every operation of the API that the stand-in has."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stripe_standin.http import parameters as accepted
from stripe_standin.http.shapes import Boolean, Choice, Group, Kind, ListOf, Metadata, Text
from stripe_standin.resources import (
    checkout_sessions,
    customers,
    disputing,
    payment_intents,
    payment_methods,
    records,
    refunds,
    webhook_endpoints,
)
from stripe_standin.standin import Call
from stripe_standin.version import API_VERSION
from stripe_standin.vocabulary import Json

Run = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path, the parameters they take, and what they do; `publishable` ones are for browsers too."""

    method: str
    path: re.Pattern[str]
    kind: str
    run: Run
    takes: Group
    publishable: bool = False


def operation(
    route: str,
    kind: str,
    run: Run,
    takes: dict[str, Kind] = accepted.EXPAND,
    *,
    required: tuple[str, ...] = (),
    publishable: bool = False,
) -> Operation:
    """An operation from a route such as `GET /v1/charges/{id}`."""
    method, _, path = route.partition(" ")
    pattern = re.compile(f"^{re.escape(path).replace(re.escape('{id}'), '([^/]+)')}$")
    return Operation(method, pattern, kind, run, Group(takes, required), publishable)


INTENT, METHOD, CUSTOMER, SESSION = "payment_intent", "payment_method", "customer", "checkout.session"
SECRET: dict[str, Kind] = accepted.EXPAND | {"client_secret": Text()}
PARENTS: dict[str, Kind] = accepted.LIST | {"charge": Text(), "payment_intent": Text()}
PARENTS_OF_SESSION: dict[str, Kind] = accepted.LIST | {"customer": Text(), "payment_intent": Text()}
ONLY_METADATA: dict[str, Kind] = accepted.EXPAND | {"metadata": Metadata()}

OPERATIONS = (
    operation(
        "POST /v1/payment_intents",
        INTENT,
        payment_intents.create_payment_intent,
        accepted.CREATE_INTENT,
        required=("amount", "currency"),
    ),
    operation("GET /v1/payment_intents", INTENT, payment_intents.list_payment_intents,
              accepted.LIST | {"customer": Text()}),
    operation("GET /v1/payment_intents/{id}", INTENT, payment_intents.retrieve_payment_intent, SECRET,
              publishable=True),
    operation("POST /v1/payment_intents/{id}", INTENT, payment_intents.update_payment_intent,
              accepted.INTENT | accepted.AMOUNT),
    operation("POST /v1/payment_intents/{id}/confirm", INTENT, payment_intents.confirm_payment_intent,
              accepted.CONFIRM_INTENT, publishable=True),
    operation("POST /v1/payment_intents/{id}/cancel", INTENT, payment_intents.cancel_payment_intent,
              accepted.EXPAND | {"cancellation_reason": Choice(accepted.CANCELLATION_REASONS)}),
    operation("POST /v1/payment_methods", METHOD, payment_methods.create_payment_method,
              accepted.EXPAND | accepted.METHOD | accepted.FROM_STRIPE_JS, required=("type",), publishable=True),
    operation("GET /v1/payment_methods/{id}", METHOD, payment_methods.retrieve_payment_method),
    operation("POST /v1/payment_methods/{id}", METHOD, payment_methods.update_payment_method, ONLY_METADATA),
    operation("POST /v1/checkout/sessions", SESSION, checkout_sessions.create_session, accepted.CREATE_SESSION,
              required=("mode", "line_items", "success_url")),
    operation("GET /v1/checkout/sessions", SESSION, checkout_sessions.list_sessions,
              PARENTS_OF_SESSION | {"status": Choice(("open", "complete", "expired"))}),
    operation("GET /v1/checkout/sessions/{id}", SESSION, checkout_sessions.retrieve_session),
    operation("GET /v1/checkout/sessions/{id}/line_items", SESSION, checkout_sessions.list_line_items, accepted.PAGES),
    operation("POST /v1/checkout/sessions/{id}/expire", SESSION, checkout_sessions.expire_session),
    operation("GET /v1/charges", "charge", records.list_charges,
              accepted.LIST | {"customer": Text(), "payment_intent": Text()}),
    operation("GET /v1/charges/{id}", "charge", records.retrieve_charge),
    operation("POST /v1/charges/{id}", "charge", records.update_charge,
              ONLY_METADATA | {"description": Text(), "receipt_email": Text(512)}),
    operation("POST /v1/refunds", "refund", refunds.create_refund, accepted.CREATE_REFUND),
    operation("GET /v1/refunds", "refund", refunds.list_refunds, PARENTS),
    operation("GET /v1/refunds/{id}", "refund", refunds.retrieve_refund),
    operation("POST /v1/refunds/{id}", "refund", refunds.update_refund, ONLY_METADATA),
    operation("GET /v1/disputes", "dispute", disputing.list_disputes, PARENTS),
    operation("GET /v1/disputes/{id}", "dispute", disputing.retrieve_dispute),
    operation("POST /v1/disputes/{id}/close", "dispute", disputing.close_dispute),
    operation("POST /v1/customers", CUSTOMER, customers.create_customer, accepted.CUSTOMER),
    operation("GET /v1/customers", CUSTOMER, customers.list_customers, accepted.LIST | {"email": Text(512)}),
    operation("GET /v1/customers/{id}", CUSTOMER, customers.retrieve_customer),
    operation("POST /v1/customers/{id}", CUSTOMER, customers.update_customer, accepted.CUSTOMER),
    operation("DELETE /v1/customers/{id}", CUSTOMER, customers.delete_customer, {}),
    operation("GET /v1/balance_transactions", "balance_transaction", records.list_balance_transactions,
              accepted.LIST | {"source": Text()}),
    operation("GET /v1/balance_transactions/{id}", "balance_transaction", records.retrieve_balance_transaction),
    operation("GET /v1/events", "event", records.list_events,
              accepted.LIST | {"type": Text(), "types": ListOf(Text(), most=20), "delivery_success": Boolean()}),
    operation("GET /v1/events/{id}", "event", records.retrieve_event),
    operation("POST /v1/webhook_endpoints", "webhook_endpoint", webhook_endpoints.create_webhook_endpoint,
              accepted.ENDPOINT | {"api_version": Choice((API_VERSION,))}, required=("enabled_events", "url")),
    operation("GET /v1/webhook_endpoints", "webhook_endpoint", webhook_endpoints.list_webhook_endpoints,
              accepted.PAGES),
    operation("GET /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.retrieve_webhook_endpoint),
    operation("POST /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.update_webhook_endpoint,
              accepted.ENDPOINT | {"disabled": Boolean()}),
    operation("DELETE /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.delete_webhook_endpoint, {}),
)  # fmt: skip


def find_operation(method: str, path: str) -> tuple[Operation, str] | None:
    """The operation of a method and path with the id in the path, or None."""
    for candidate in OPERATIONS:
        found = candidate.path.match(path) if candidate.method == method else None
        if found is not None:
            return candidate, (found.groups() or ("",))[0]
    return None
