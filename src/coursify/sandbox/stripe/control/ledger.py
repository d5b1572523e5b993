"""The truth about money, whatever anybody was told: each intent, and totals per currency."""

from collections import defaultdict

from coursify.sandbox.stripe.resources.disputing import balance_of
from coursify.sandbox.stripe.resources.refunds import GONE
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.store import objects
from coursify.sandbox.stripe.vocabulary import Json

SUMMED = ("received", "refunded", "disputed", "net")


def read_ledger(call: Call) -> Json:
    """Every intent with what was received, given back and disputed, and what remains."""
    refunded: defaultdict[str, int] = defaultdict(int)
    for refund in objects.list_all(call.database, "refund"):
        if refund["status"] not in GONE:
            refunded[refund["payment_intent"]] += refund["amount"]
    disputed: defaultdict[str, int] = defaultdict(int)
    for dispute in objects.list_all(call.database, "dispute"):
        disputed[dispute["payment_intent"]] -= balance_of(dispute)
    intents = [
        line_of(intent, refunded[intent["id"]], disputed[intent["id"]])
        for intent in objects.list_all(call.database, "payment_intent")
    ]
    return {"payment_intents": intents, "totals": totals(intents)}


def line_of(intent: Json, refunded: int, disputed: int) -> Json:
    """One intent's money, in API units of its currency."""
    received = intent["amount_received"]
    copied = ("id", "status", "amount", "currency", "customer", "created", "latest_charge", "metadata", "description")
    return {name: intent[name] for name in copied} | {
        "received": received,
        "refunded": refunded,
        "disputed": disputed,
        "net": received - refunded - disputed,
    }


def totals(intents: list[Json]) -> Json:
    """Sums per currency."""
    found: Json = {}
    for intent in intents:
        total = found.setdefault(intent["currency"], dict.fromkeys(SUMMED, 0) | {"payment_intents": 0, "succeeded": 0})
        for name in SUMMED:
            total[name] += intent[name]
        total["payment_intents"] += 1
        total["succeeded"] += intent["status"] == "succeeded"
    return found
