"""What happens by itself as time passes: bank debits settle, unpaid Checkout Sessions expire."""

import asyncio
import logging

from stripe_standin.resources.checkout_sessions import expire_overdue
from stripe_standin.resources.processing import settle_overdue
from stripe_standin.standin import Call, Standin, new_call
from stripe_standin.store.transaction import transaction

EVERY_SECONDS = 1.0
logger = logging.getLogger(__name__)


def age(call: Call) -> int:
    """Do everything that is due at the call's moment; tell how much there was."""
    return settle_overdue(call) + expire_overdue(call)


async def age_forever(standin: Standin) -> None:
    """Look at the clock every second; a surprise never ends the loop."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            with transaction(standin.database):
                done = age(new_call(standin))
        except Exception:
            logger.exception("could not do what is due")
            continue
        if done:
            standin.deliveries_owed.set()
