"""Work that becomes due as time passes: bank debits settle, unpaid Checkout Sessions expire."""

from __future__ import annotations

import asyncio
import logging

from stripe_standin.resources.checkout_sessions import expire_due_sessions
from stripe_standin.resources.delayed_payments import settle_due_debits
from stripe_standin.standin import Call, Standin, new_call
from stripe_standin.store.transaction import transaction

INTERVAL_SECONDS = 1.0
logger = logging.getLogger(__name__)


def run_due_work(call: Call) -> int:
    """Do the work that is due at the time of the call; return how many objects changed."""
    return settle_due_debits(call) + expire_due_sessions(call)


async def run_scheduler(standin: Standin) -> None:
    """Do the due work every second; an exception is logged and does not end the loop."""
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        try:
            with transaction(standin.database):
                changed = run_due_work(new_call(standin))
        except Exception:
            logger.exception("the due work failed")
            continue
        if changed:
            standin.deliveries_pending.set()
