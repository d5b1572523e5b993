"""What happens by itself as time passes: unpaid Checkout Sessions expire."""

import asyncio
import logging

from coursify.sandbox.stripe.resources.checkout_sessions import expire_overdue
from coursify.sandbox.stripe.standin import Standin, new_call
from coursify.sandbox.stripe.store.transaction import transaction

EVERY_SECONDS = 1.0
logger = logging.getLogger(__name__)


async def age_forever(standin: Standin) -> None:
    """Look at the clock every second; a surprise never ends the loop."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            with transaction(standin.database):
                expired = expire_overdue(new_call(standin))
        except Exception:
            logger.exception("could not expire sessions")
            continue
        if expired:
            standin.deliveries_owed.set()
