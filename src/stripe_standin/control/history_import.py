"""Imports past customers, paid intents and refunds with their own times, without webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from stripe_standin.cards import BY_TOKEN
from stripe_standin.errors import InvalidParameters
from stripe_standin.ids import new_token
from stripe_standin.json_types import Json
from stripe_standin.money import check_charge_amount, check_currency
from stripe_standin.objects import balance_transaction
from stripe_standin.objects.charge import new_charge
from stripe_standin.objects.customer import new_customer
from stripe_standin.objects.event import new_event
from stripe_standin.objects.payment_intent import new_payment_intent
from stripe_standin.objects.payment_method import new_payment_method
from stripe_standin.objects.refund import new_refund
from stripe_standin.standin import Call
from stripe_standin.store import objects

CARD = BY_TOKEN["pm_card_visa"]
Row = tuple[Json, Json | None]


def import_history(call: Call) -> Json:
    """Store the history; existing objects are not changed, so that an import can be repeated."""
    rows: list[Row] = []
    try:
        customers = list_new(call, "customer", call.params.get("customers") or [])
        intents = list_new(call, "payment_intent", call.params.get("payment_intents") or [])
        for given in customers:
            rows.extend(customer_rows(given))
        method = new_payment_method(CARD, now=call.now)
        rows.extend([(method, {"token": CARD.token})] if intents else [])
        for given in intents:
            rows.extend(payment_rows(call, given, method))
    except (KeyError, TypeError, AttributeError) as error:
        message = f"The import is incomplete or of the wrong type: {error!r}"
        raise InvalidParameters(message) from error
    objects.save_many(call.database, rows)
    return {"customers": len(customers), "payment_intents": len(intents)}


def list_new(call: Call, kind: str, given: list[Json]) -> list[Json]:
    """The given objects that do not exist yet."""
    known = objects.list_ids(call.database, kind)
    return [one for one in given if one.get("id") not in known]


def customer_rows(given: Json) -> Iterator[Row]:
    """A customer and its event."""
    customer = new_customer(now=given["created"], customer_id=given["id"])
    customer |= {name: given[name] for name in ("email", "name", "metadata") if given.get(name) is not None}
    yield customer, None
    yield new_event("customer.created", customer, now=given["created"]), None


def payment_rows(call: Call, given: Json, method: Json) -> Iterator[Row]:
    """A paid intent with its charge, balance transaction and refund, and their events."""
    created = given["created"]
    currency = check_currency(given["currency"])
    check_charge_amount(given["amount"], currency)
    intent = new_payment_intent(given["amount"], currency, now=created, intent_id=given["id"])
    intent |= {name: given[name] for name in ("customer", "description", "metadata") if given.get(name) is not None}
    yield new_event("payment_intent.created", intent, now=created), None
    charge = new_charge(intent, CARD, method=method, now=created, charge_id=derive_id(given["id"], "ch"))
    money = balance_transaction.for_charge(charge, now=created, fee=given.get("fee"))
    receipt = f"{call.standin.config.base_url}/receipts/{new_token(32)}"
    charge |= {"balance_transaction": money["id"], "receipt_url": receipt}
    intent |= {
        "status": "succeeded",
        "amount_received": given["amount"],
        "latest_charge": charge["id"],
        "payment_method": method["id"],
    }
    yield money, None
    yield intent, None
    yield new_event("charge.succeeded", charge, now=created), None
    yield new_event("payment_intent.succeeded", intent, now=created), None
    if given.get("refunded"):
        charge = charge | {"amount_refunded": given["refunded"], "refunded": given["refunded"] == charge["amount"]}
        yield from refund_rows(charge, given)
    yield charge, None


def refund_rows(charge: Json, given: Json) -> Iterator[Row]:
    """The refund of an imported payment with its balance transaction and events."""
    if not 0 < given["refunded"] <= charge["amount"]:
        message = f"{given['id']} cannot have {given['refunded']} of {charge['amount']} refunded."
        raise InvalidParameters(message)
    created = given.get("refund_created") or given["created"]
    refund_id = given.get("refund_id") or derive_id(given["id"], "re")
    refund = new_refund(charge, given["refunded"], now=created, refund_id=refund_id)
    money = balance_transaction.for_refund(refund, now=created)
    refund["balance_transaction"] = money["id"]
    yield money, None
    yield refund, None
    yield new_event("refund.created", refund, now=created), None
    previous = {"amount_refunded": 0, "refunded": False}
    yield new_event("charge.refunded", charge, now=created, previous=previous), None


def derive_id(intent_id: str, prefix: str) -> str:
    """The id of a charge or refund, derived from the id of its intent."""
    return f"{prefix}_{intent_id.removeprefix('pi_')}"
