"""A balance transaction: what a charge, refund or dispute did to the account's balance."""

from stripe_standin.ids import new_id
from stripe_standin.money import fee_for
from stripe_standin.vocabulary import Json

AVAILABLE_AFTER = 2 * 24 * 3600
REPORTED_AS = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "refund_failure",
}
DISPUTE_FEE = {"usd": 1500, "eur": 2000, "gbp": 2000, "cad": 1500, "aud": 2500}


def of_charge(charge: Json, *, now: int) -> Json:
    """The money of a charge, less the fee."""
    fee = fee_for(charge["amount"], charge["currency"])
    kind = "payment" if is_bank_payment(charge["id"]) else "charge"
    return entry(charge, charge["amount"], kind=kind, fee=fee, now=now, description=charge["description"])


def of_refund(refund: Json, *, now: int) -> Json:
    """The money that went back; the fee of the charge is not given back."""
    description = f"REFUND FOR CHARGE ({refund['charge']})"
    kind = "payment_refund" if is_bank_payment(refund["charge"]) else "refund"
    return entry(refund, -refund["amount"], kind=kind, fee=0, now=now, description=description)


def of_failed_refund(refund: Json, *, now: int) -> Json:
    """The money that could not be given back and returned."""
    description = f"REFUND FAILURE FOR CHARGE ({refund['charge']})"
    kind = "payment_failure_refund" if is_bank_payment(refund["charge"]) else "refund_failure"
    return entry(refund, refund["amount"], kind=kind, fee=0, now=now, description=description)


def of_dispute(dispute: Json, *, now: int) -> Json:
    """The money taken away with the fee of a dispute."""
    description = f"Chargeback withdrawal for {dispute['charge']}"
    fee = DISPUTE_FEE.get(dispute["currency"], 0)
    return entry(dispute, -dispute["amount"], kind="adjustment", fee=fee, now=now, description=description)


def of_won_dispute(dispute: Json, *, now: int) -> Json:
    """The money given back after a dispute was won, with its fee."""
    description = f"Chargeback reversal for {dispute['charge']}"
    fee = -DISPUTE_FEE.get(dispute["currency"], 0)
    return entry(dispute, dispute["amount"], kind="adjustment", fee=fee, now=now, description=description)


def entry(source: Json, amount: int, *, kind: str, fee: int, now: int, description: str | None) -> Json:
    """One line of the balance; it becomes available two days later."""
    currency = source["currency"]
    name = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    details = [{"amount": fee, "application": None, "currency": currency, "description": name, "type": "stripe_fee"}]
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + AVAILABLE_AFTER,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": REPORTED_AS.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def is_bank_payment(charge_id: str) -> bool:
    """Whether a charge was paid by bank debit; Stripe calls such charges and their refunds payments."""
    return charge_id.startswith("py_")


def as_of(transaction: Json, now: int) -> Json:
    """The same line as it stands at a moment."""
    return transaction | {"status": "available" if transaction["available_on"] <= now else "pending"}
