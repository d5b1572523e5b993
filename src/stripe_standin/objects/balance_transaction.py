"""A balance transaction: how a charge, a refund or a dispute changes the account's balance."""

from __future__ import annotations

from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.money import fee_for

AVAILABLE_AFTER_SECONDS = 2 * 24 * 3600
REPORTING_CATEGORY = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "refund_failure",
}
DISPUTE_FEE = {"usd": 1500, "eur": 2000, "gbp": 2000, "cad": 1500, "aud": 2500}


def for_charge(charge: Json, *, now: int, fee: int | None = None) -> Json:
    """The balance transaction of a charge, with the fee: the usual one, unless another is given."""
    fee = fee_for(charge["amount"], charge["currency"]) if fee is None else fee
    kind = "payment" if is_bank_payment(charge["id"]) else "charge"
    return new_balance_transaction(
        charge, charge["amount"], kind=kind, fee=fee, now=now, description=charge["description"]
    )


def for_refund(refund: Json, *, now: int) -> Json:
    """The balance transaction of a refund; the fee of the charge is not refunded."""
    description = f"REFUND FOR CHARGE ({refund['charge']})"
    kind = "payment_refund" if is_bank_payment(refund["charge"]) else "refund"
    return new_balance_transaction(refund, -refund["amount"], kind=kind, fee=0, now=now, description=description)


def for_failed_refund(refund: Json, *, now: int) -> Json:
    """The balance transaction of a failed refund, which returns the money."""
    description = f"REFUND FAILURE FOR CHARGE ({refund['charge']})"
    kind = "payment_failure_refund" if is_bank_payment(refund["charge"]) else "refund_failure"
    return new_balance_transaction(refund, refund["amount"], kind=kind, fee=0, now=now, description=description)


def for_dispute(dispute: Json, *, now: int) -> Json:
    """The balance transaction that withdraws the disputed amount and the fee."""
    description = f"Chargeback withdrawal for {dispute['charge']}"
    fee = DISPUTE_FEE.get(dispute["currency"], 0)
    return new_balance_transaction(
        dispute, -dispute["amount"], kind="adjustment", fee=fee, now=now, description=description
    )


def for_won_dispute(dispute: Json, *, now: int) -> Json:
    """The balance transaction that returns the amount and the fee of a won dispute."""
    description = f"Chargeback reversal for {dispute['charge']}"
    fee = -DISPUTE_FEE.get(dispute["currency"], 0)
    return new_balance_transaction(
        dispute, dispute["amount"], kind="adjustment", fee=fee, now=now, description=description
    )


def new_balance_transaction(
    source: Json, amount: int, *, kind: str, fee: int, now: int, description: str | None
) -> Json:
    """A balance transaction; its amount becomes available two days later."""
    currency = source["currency"]
    name = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    details = [{"amount": fee, "application": None, "currency": currency, "description": name, "type": "stripe_fee"}]
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + AVAILABLE_AFTER_SECONDS,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": REPORTING_CATEGORY.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def is_bank_payment(charge_id: str) -> bool:
    """Whether a charge was paid by bank debit; Stripe calls these charges and their refunds payments."""
    return charge_id.startswith("py_")


def with_current_status(transaction: Json, now: int) -> Json:
    """The balance transaction with its status at this time."""
    return transaction | {"status": "available" if transaction["available_on"] <= now else "pending"}
