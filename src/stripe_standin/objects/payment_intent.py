"""A PaymentIntent: the state of one payment."""

from __future__ import annotations

from stripe_standin.ids import new_id, new_token
from stripe_standin.json_types import Json

CLIENT_FIELDS = (
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_configuration_details",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
)
NULL_UNTIL_KNOWN = (
    "allowed_payment_method_types",
    "application",
    "application_fee_amount",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "customer_account",
    "description",
    "excluded_payment_method_types",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)

# The enabled payment methods and their default options.
OPTIONS: dict[str, Json] = {
    "card": {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    },
    "sepa_debit": {},
}


def new_payment_intent(amount: int, currency: str, *, now: int, intent_id: str | None = None) -> Json:
    """A new PaymentIntent without a payment method."""
    own_id = intent_id or new_id("pi")
    return (
        dict.fromkeys(NULL_UNTIL_KNOWN)
        | {
            "id": own_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
            "capture_method": "automatic_async",
            "client_secret": f"{own_id}_secret_{new_token(25)}",
            "confirmation_method": "automatic",
            "created": now,
            "currency": currency,
            "livemode": False,
            "metadata": {},
            "status": "requires_payment_method",
        }
        | payment_method_fields(payment_method_types(currency))
    )


def payment_method_types(currency: str) -> list[str]:
    """The payment methods of a currency: cards, and SEPA Direct Debit for euros."""
    return ["card", "sepa_debit"] if currency == "eur" else ["card"]


def payment_method_fields(types: list[str]) -> Json:
    """The fields of an intent that list its payment methods."""
    return {
        "payment_method_options": {kind: dict(OPTIONS[kind]) for kind in types},
        "payment_method_types": types,
    }


def browser_view(intent: Json) -> Json:
    """The fields that a browser with the client secret gets."""
    return {name: intent[name] for name in CLIENT_FIELDS}
