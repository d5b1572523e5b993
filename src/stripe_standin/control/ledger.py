"""The ledger: the amounts of each intent, totals and fees per currency, whatever webhooks were lost."""

from __future__ import annotations

from collections import defaultdict

from stripe_standin.json_types import Json
from stripe_standin.resources.disputes import balance_of
from stripe_standin.resources.refund_settlement import FAILED
from stripe_standin.standin import Call
from stripe_standin.store import objects

Sums = dict[tuple[str, str], int]
SUMMED = ("received", "refunded", "disputed", "net")


def read_ledger(call: Call) -> Json:
    """Every intent with its received, refunded, disputed and net amounts in its currency.

    Charges without an intent are left out. Refunds and disputes in another currency are counted in the totals only.
    """
    refunded: Sums = defaultdict(int)
    for refund in objects.list_all(call.database, "refund"):
        if refund["status"] not in FAILED and refund["payment_intent"]:
            refunded[refund["payment_intent"], refund["currency"]] += refund["amount"]
    disputed: Sums = defaultdict(int)
    for dispute in objects.list_all(call.database, "dispute"):
        disputed[dispute["payment_intent"], dispute["currency"]] -= balance_of(dispute)
    intents = []
    for intent in objects.list_all(call.database, "payment_intent"):
        key = intent["id"], intent["currency"]
        intents.append(ledger_line(intent, refunded.pop(key, 0), disputed.pop(key, 0)))
    found = totals(intents, refunded, disputed)
    for line in objects.list_all(call.database, "balance_transaction"):
        found.setdefault(line["currency"], zero_total())["fees"] += line["fee"]
    return {"payment_intents": intents, "totals": found}


def ledger_line(intent: Json, refunded: int, disputed: int) -> Json:
    """The amounts of one intent, in API units."""
    received = intent["amount_received"]
    copied = ("id", "status", "amount", "currency", "customer", "created", "latest_charge", "metadata", "description")
    return {name: intent[name] for name in copied} | {
        "received": received,
        "refunded": refunded,
        "disputed": disputed,
        "net": received - refunded - disputed,
    }


def totals(intents: list[Json], refunded: Sums, disputed: Sums) -> Json:
    """Totals per currency, including refunds and disputes in another currency than their intent."""
    found: Json = {}
    for intent in intents:
        total = found.setdefault(intent["currency"], zero_total())
        for name in SUMMED:
            total[name] += intent[name]
        total["payment_intents"] += 1
        total["succeeded"] += intent["status"] == "succeeded"
    for name, sums in (("refunded", refunded), ("disputed", disputed)):
        for (_, currency), amount in sums.items():
            total = found.setdefault(currency, zero_total())
            total[name] += amount
            total["net"] -= amount
    return found


def zero_total() -> Json:
    """A total of zero."""
    return dict.fromkeys((*SUMMED, "fees"), 0) | {"payment_intents": 0, "succeeded": 0}
