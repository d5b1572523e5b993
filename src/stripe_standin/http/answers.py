"""An object as it is answered: some of its fields depend on the moment."""

from stripe_standin.objects import balance_transaction
from stripe_standin.standin import Call
from stripe_standin.vocabulary import Json


def as_answered(call: Call, stored: Json) -> Json:
    """The object as it stands now."""
    if stored.get("object") == "balance_transaction":
        return balance_transaction.as_of(stored, call.now)
    if stored.get("object") == "dispute":
        moved = [balance_transaction.as_of(money, call.now) for money in stored["balance_transactions"]]
        return stored | {"balance_transactions": moved}
    return stored
