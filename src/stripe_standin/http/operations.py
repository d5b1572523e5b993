"""The operations of the API that the stand-in models."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stripe_standin.http import parameters
from stripe_standin.http.parameter_types import Boolean, Choice, ListOf, Metadata, ObjectOf, ParameterType, Text
from stripe_standin.json_types import Json
from stripe_standin.resources import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
    webhook_endpoints,
)
from stripe_standin.standin import Call
from stripe_standin.version import API_VERSION

Run = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; with `is_publishable` it also accepts the publishable key."""

    method: str
    path: re.Pattern[str]
    kind: str
    run: Run
    parameters: ObjectOf
    is_publishable: bool = False


def operation(
    route: str,
    kind: str,
    run: Run,
    parameters: dict[str, ParameterType] = parameters.EXPAND,
    *,
    required: tuple[str, ...] = (),
    is_publishable: bool = False,
) -> Operation:
    """Define an operation by a route such as `GET /v1/charges/{id}`."""
    method, _, path = route.partition(" ")
    pattern = re.compile(f"^{re.escape(path).replace(re.escape('{id}'), '([^/]+)')}$")
    return Operation(method, pattern, kind, run, ObjectOf(parameters, required), is_publishable)


INTENT, METHOD, CUSTOMER, SESSION = "payment_intent", "payment_method", "customer", "checkout.session"
SECRET: dict[str, ParameterType] = parameters.EXPAND | {"client_secret": Text()}
PARENTS: dict[str, ParameterType] = parameters.LIST | {"charge": Text(), "payment_intent": Text()}
PARENTS_OF_SESSION: dict[str, ParameterType] = parameters.LIST | {"customer": Text(), "payment_intent": Text()}
ONLY_METADATA: dict[str, ParameterType] = parameters.EXPAND | {"metadata": Metadata()}

OPERATIONS = (
    operation(
        "POST /v1/payment_intents",
        INTENT,
        payment_intents.create_payment_intent,
        parameters.CREATE_INTENT,
        required=("amount", "currency"),
    ),
    operation("GET /v1/payment_intents", INTENT, payment_intents.list_payment_intents,
              parameters.LIST | {"customer": Text()}),
    operation("GET /v1/payment_intents/{id}", INTENT, payment_intents.retrieve_payment_intent, SECRET,
              is_publishable=True),
    operation("POST /v1/payment_intents/{id}", INTENT, payment_intents.update_payment_intent,
              parameters.INTENT | parameters.AMOUNT),
    operation("POST /v1/payment_intents/{id}/confirm", INTENT, payment_intents.confirm_payment_intent,
              parameters.CONFIRM_INTENT, is_publishable=True),
    operation("POST /v1/payment_intents/{id}/cancel", INTENT, payment_intents.cancel_payment_intent,
              parameters.EXPAND | {"cancellation_reason": Choice(parameters.CANCELLATION_REASONS)}),
    operation("POST /v1/payment_methods", METHOD, payment_methods.create_payment_method,
              parameters.EXPAND | parameters.METHOD | parameters.FROM_STRIPE_JS, required=("type",),
              is_publishable=True),
    operation("GET /v1/payment_methods/{id}", METHOD, payment_methods.retrieve_payment_method),
    operation("POST /v1/payment_methods/{id}", METHOD, payment_methods.update_payment_method, ONLY_METADATA),
    operation("POST /v1/checkout/sessions", SESSION, checkout_sessions.create_session, parameters.CREATE_SESSION,
              required=("mode", "line_items", "success_url")),
    operation("GET /v1/checkout/sessions", SESSION, checkout_sessions.list_sessions,
              PARENTS_OF_SESSION | {"status": Choice(("open", "complete", "expired"))}),
    operation("GET /v1/checkout/sessions/{id}", SESSION, checkout_sessions.retrieve_session),
    operation("GET /v1/checkout/sessions/{id}/line_items", SESSION, checkout_sessions.list_line_items,
              parameters.PAGES),
    operation("POST /v1/checkout/sessions/{id}/expire", SESSION, checkout_sessions.expire_session),
    operation("GET /v1/charges", "charge", charges.list_charges,
              parameters.LIST | {"customer": Text(), "payment_intent": Text()}),
    operation("GET /v1/charges/{id}", "charge", charges.retrieve_charge),
    operation("POST /v1/charges/{id}", "charge", charges.update_charge,
              ONLY_METADATA | {"description": Text(), "receipt_email": Text(512)}),
    operation("POST /v1/refunds", "refund", refunds.create_refund, parameters.CREATE_REFUND),
    operation("GET /v1/refunds", "refund", refunds.list_refunds, PARENTS),
    operation("GET /v1/refunds/{id}", "refund", refunds.retrieve_refund),
    operation("POST /v1/refunds/{id}", "refund", refunds.update_refund, ONLY_METADATA),
    operation("GET /v1/disputes", "dispute", disputes.list_disputes, PARENTS),
    operation("GET /v1/disputes/{id}", "dispute", disputes.retrieve_dispute),
    operation("POST /v1/disputes/{id}/close", "dispute", disputes.close_dispute),
    operation("POST /v1/customers", CUSTOMER, customers.create_customer, parameters.CUSTOMER),
    operation("GET /v1/customers", CUSTOMER, customers.list_customers, parameters.LIST | {"email": Text(512)}),
    operation("GET /v1/customers/{id}", CUSTOMER, customers.retrieve_customer),
    operation("POST /v1/customers/{id}", CUSTOMER, customers.update_customer, parameters.CUSTOMER),
    operation("DELETE /v1/customers/{id}", CUSTOMER, customers.delete_customer, {}),
    operation("GET /v1/balance_transactions", "balance_transaction",
              balance_transactions.list_balance_transactions, parameters.LIST | {"source": Text()}),
    operation("GET /v1/balance_transactions/{id}", "balance_transaction",
              balance_transactions.retrieve_balance_transaction),
    operation("GET /v1/events", "event", events.list_events,
              parameters.LIST | {"type": Text(), "types": ListOf(Text(), maximum=20), "delivery_success": Boolean()}),
    operation("GET /v1/events/{id}", "event", events.retrieve_event),
    operation("POST /v1/webhook_endpoints", "webhook_endpoint", webhook_endpoints.create_webhook_endpoint,
              parameters.ENDPOINT | {"api_version": Choice((API_VERSION,))}, required=("enabled_events", "url")),
    operation("GET /v1/webhook_endpoints", "webhook_endpoint", webhook_endpoints.list_webhook_endpoints,
              parameters.PAGES),
    operation("GET /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.retrieve_webhook_endpoint),
    operation("POST /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.update_webhook_endpoint,
              parameters.ENDPOINT | {"disabled": Boolean()}),
    operation("DELETE /v1/webhook_endpoints/{id}", "webhook_endpoint", webhook_endpoints.delete_webhook_endpoint, {}),
)  # fmt: skip


def find_operation(method: str, path: str) -> tuple[Operation, str] | None:
    """The operation of a method and path, with the id in the path; None when there is none."""
    for candidate in OPERATIONS:
        found = candidate.path.match(path) if candidate.method == method else None
        if found is not None:
            return candidate, (found.groups() or ("",))[0]
    return None
