"""The truth about money, whatever anybody was told: each intent, and totals per currency."""

from collections import defaultdict

from stripe_standin.resources.disputing import balance_of
from stripe_standin.resources.refunding import GONE
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

Sums = dict[tuple[str, str], int]
SUMMED = ("received", "refunded", "disputed", "net")


def read_ledger(call: Call) -> Json:
    """Every intent with what was received, given back and disputed in its currency, and what remains.

    Refunds and disputes in another currency are no part of their intent's line; the totals count them.
    """
    refunded: Sums = defaultdict(int)
    for refund in objects.list_all(call.database, "refund"):
        if refund["status"] not in GONE:
            refunded[refund["payment_intent"], refund["currency"]] += refund["amount"]
    disputed: Sums = defaultdict(int)
    for dispute in objects.list_all(call.database, "dispute"):
        disputed[dispute["payment_intent"], dispute["currency"]] -= balance_of(dispute)
    intents = []
    for intent in objects.list_all(call.database, "payment_intent"):
        own = intent["id"], intent["currency"]
        intents.append(line_of(intent, refunded.pop(own, 0), disputed.pop(own, 0)))
    return {"payment_intents": intents, "totals": totals(intents, refunded, disputed)}


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


def totals(intents: list[Json], refunded: Sums, disputed: Sums) -> Json:
    """Sums per currency, with the refunds and disputes that belong to no intent's line."""
    found: Json = {}
    for intent in intents:
        total = found.setdefault(intent["currency"], nothing())
        for name in SUMMED:
            total[name] += intent[name]
        total["payment_intents"] += 1
        total["succeeded"] += intent["status"] == "succeeded"
    for name, sums in (("refunded", refunded), ("disputed", disputed)):
        for (_, currency), amount in sums.items():
            total = found.setdefault(currency, nothing())
            total[name] += amount
            total["net"] -= amount
    return found


def nothing() -> Json:
    """The total of a currency in which nothing happened."""
    return dict.fromkeys(SUMMED, 0) | {"payment_intents": 0, "succeeded": 0}
