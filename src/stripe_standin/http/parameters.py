"""The parameters that operations share."""

from __future__ import annotations

from stripe_standin.http.parameter_types import (
    Anything,
    Boolean,
    Choice,
    Integer,
    ListOf,
    Metadata,
    ObjectOf,
    ParameterType,
    Text,
    TimeRange,
)

EXPAND: dict[str, ParameterType] = {"expand": ListOf(Text(), maximum=20)}
PAGES: dict[str, ParameterType] = EXPAND | {
    "limit": Integer(minimum=1, maximum=100),
    "starting_after": Text(),
    "ending_before": Text(),
}
LIST: dict[str, ParameterType] = PAGES | {"created": TimeRange()}
ADDRESS = ObjectOf(dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"), Text()))
SHIPPING = ObjectOf(
    {"address": ADDRESS, "carrier": Text(), "name": Text(), "phone": Text(), "tracking_number": Text()},
    required=("address", "name"),
)
BILLING = ObjectOf({"address": ADDRESS, "email": Text(), "name": Text(), "phone": Text(), "tax_id": Text()})
CARD_DATA = ObjectOf(
    {
        "number": Text(40),
        "cvc": Text(10),
        "exp_month": Integer(minimum=1, maximum=12),
        "exp_year": Integer(minimum=0, maximum=9999),
        "token": Text(),
        "networks": Anything(),
    },
)
# Fields that Stripe.js adds to card data.
FROM_STRIPE_JS: dict[str, ParameterType] = dict.fromkeys(
    (
        "allow_redisplay",
        "client_attribution_metadata",
        "guid",
        "muid",
        "pasted_fields",
        "payment_user_agent",
        "radar_options",
        "referrer",
        "sid",
        "time_on_page",
    ),
    Anything(),
)
METHOD_TYPES = ("card", "sepa_debit")
METHOD: dict[str, ParameterType] = {
    "type": Choice(METHOD_TYPES),
    "card": CARD_DATA,
    "sepa_debit": ObjectOf({"iban": Text(50)}, required=("iban",)),
    "billing_details": BILLING,
    "metadata": Metadata(),
}
METHOD_DATA = ObjectOf(METHOD | FROM_STRIPE_JS, required=("type",))
CAPTURE_METHODS = ("automatic", "automatic_async")
CARD_ONLY = ListOf(Choice(("card",)))
ALLOWED_TYPES = ListOf(Choice(METHOD_TYPES))
# The buyer's consent to a bank debit; servers send address and browser, Stripe.js lets Stripe infer both.
MANDATE = ObjectOf(
    {
        "customer_acceptance": ObjectOf(
            {
                "accepted_at": Integer(minimum=0),
                "offline": ObjectOf(),
                "online": ObjectOf({"infer_from_client": Boolean(), "ip_address": Text(), "user_agent": Text()}),
                "type": Choice(("online", "offline")),
            },
            required=("type",),
        ),
    },
)
CUSTOMER: dict[str, ParameterType] = EXPAND | {
    "address": ADDRESS,
    "description": Text(),
    "email": Text(512),
    "metadata": Metadata(),
    "name": Text(256),
    "phone": Text(20),
    "preferred_locales": ListOf(Text(20)),
    "shipping": ObjectOf({"address": ADDRESS, "name": Text(), "phone": Text()}, required=("address", "name")),
    "tax_exempt": Choice(("none", "exempt", "reverse"), is_unsettable=True),
}
INTENT: dict[str, ParameterType] = EXPAND | {
    "customer": Text(),
    "description": Text(1000),
    "metadata": Metadata(),
    "payment_method": Text(),
    "payment_method_data": METHOD_DATA,
    "receipt_email": Text(512),
    "setup_future_usage": Choice(("off_session", "on_session"), is_unsettable=True),
    "shipping": SHIPPING,
    "statement_descriptor_suffix": Text(22),
}
AMOUNT: dict[str, ParameterType] = {"amount": Integer(minimum=0), "currency": Text(10)}
CREATE_INTENT: dict[str, ParameterType] = (
    INTENT
    | AMOUNT
    | {
        "automatic_payment_methods": ObjectOf(
            {"enabled": Boolean(), "allow_redirects": Choice(("always", "never"))},
            required=("enabled",),
        ),
        "capture_method": Choice(CAPTURE_METHODS),
        "confirm": Boolean(),
        "confirmation_method": Choice(("automatic",)),
        "off_session": Boolean(),
        "allowed_payment_method_types": ALLOWED_TYPES,
        "mandate_data": MANDATE,
        "return_url": Text(),
        "use_stripe_sdk": Boolean(),
    }
)
CONFIRM_INTENT: dict[str, ParameterType] = EXPAND | {
    "client_secret": Text(),
    "expected_payment_method_type": Anything(),
    "client_attribution_metadata": Anything(),
    "radar_options": Anything(),
    "capture_method": Choice(CAPTURE_METHODS),
    "off_session": Boolean(),
    "payment_method": Text(),
    "payment_method_data": METHOD_DATA,
    "allowed_payment_method_types": ALLOWED_TYPES,
    "mandate_data": MANDATE,
    "receipt_email": Text(512),
    "return_url": Text(),
    "setup_future_usage": Choice(("off_session", "on_session"), is_unsettable=True),
    "shipping": SHIPPING,
    "use_stripe_sdk": Boolean(),
}
CANCELLATION_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
CREATE_REFUND: dict[str, ParameterType] = EXPAND | {
    "amount": Integer(minimum=1),
    "charge": Text(),
    "payment_intent": Text(),
    "metadata": Metadata(),
    "reason": Choice(REFUND_REASONS),
}
ENDPOINT: dict[str, ParameterType] = EXPAND | {
    "description": Text(),
    "enabled_events": ListOf(Text(200), maximum=500),
    "metadata": Metadata(),
    "url": Text(),
}
# fmt: off
LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th",
    "tr", "vi", "zh", "zh-HK", "zh-TW",
)
# fmt: on
PRICE_DATA = ObjectOf(
    {
        "currency": Text(10),
        "unit_amount": Integer(minimum=0),
        "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
        "product_data": ObjectOf(
            {
                "name": Text(250),
                "description": Text(),
                "images": ListOf(Text(2048), maximum=8),
                "metadata": Metadata(),
                "tax_code": Text(),
            },
            required=("name",),
        ),
    },
    required=("currency", "unit_amount", "product_data"),
)
LINE_ITEM = ObjectOf(
    {"price_data": PRICE_DATA, "quantity": Integer(minimum=1, maximum=999_999)}, required=("price_data",)
)
CREATE_SESSION: dict[str, ParameterType] = EXPAND | {
    "allow_promotion_codes": Boolean(),
    "billing_address_collection": Choice(("auto", "required")),
    "cancel_url": Text(),
    "client_reference_id": Text(200),
    "customer": Text(),
    "customer_creation": Choice(("always", "if_required")),
    "customer_email": Text(800),
    "expires_at": Integer(minimum=0),
    "line_items": ListOf(LINE_ITEM),
    "locale": Choice(LOCALES),
    "metadata": Metadata(),
    "mode": Choice(("payment",)),
    "payment_intent_data": ObjectOf(
        {
            "capture_method": Choice(CAPTURE_METHODS),
            "description": Text(1000),
            "metadata": Metadata(),
            "receipt_email": Text(512),
            "setup_future_usage": Choice(("off_session", "on_session")),
            "shipping": SHIPPING,
            "statement_descriptor_suffix": Text(22),
        },
    ),
    "allowed_payment_method_types": CARD_ONLY,
    "submit_type": Choice(("auto", "book", "donate", "pay")),
    "success_url": Text(),
    "ui_mode": Choice(("hosted_page",)),
}
