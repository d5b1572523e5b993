"""Balance transactions: read, listed."""

from __future__ import annotations

from stripe_standin.json_types import Json
from stripe_standin.resources.lookup import get_from_path, list_objects
from stripe_standin.standin import Call


def retrieve_balance_transaction(call: Call) -> Json:
    return get_from_path(call, "balance_transaction")


def list_balance_transactions(call: Call) -> Json:
    """List them by source; the store has the source of a balance transaction in the column `charge`."""
    call.params |= {"charge": call.params.get("source")}
    return list_objects(call, "balance_transaction", "/v1/balance_transactions", equal=("charge",))
