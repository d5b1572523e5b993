"""What the inbox does later, and by the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentResources
from coursify.modules.webhooks.services.compare_money import compare_money
from coursify.modules.webhooks.services.fetch_missed_events import fetch_missed_events
from coursify.modules.webhooks.services.handle_event import handle_event

# A clock job that takes longer is taken for hung.
NIGHTLY_SECONDS = 500.0
# Refunds and disputes of these days are compared whatever payment they belong to; `coursify reconcile` goes further.
COMPARED = timedelta(days=35)


async def handle_event_job(resources: PaymentResources, event_key: str) -> None:
    await handle_event(resources.database, resources.payments, event_key=UUID(event_key))


async def reconcile_recent(resources: PaymentResources) -> None:
    await fetch_missed_events(resources.database, resources.payments, deadline=Deadline.within(CLOCK_SECONDS))


async def reconcile_deep(resources: PaymentResources) -> None:
    await fetch_missed_events(
        resources.database, resources.payments, deep=True, deadline=Deadline.within(NIGHTLY_SECONDS)
    )


async def compare_recent_money(resources: PaymentResources) -> None:
    now = await resources.database.now()
    deadline = Deadline.within(NIGHTLY_SECONDS)
    found = await compare_money(
        resources.database, resources.payments, since=now - COMPARED, until=now, deadline=deadline
    )
    log.info("money compared", payments=found.checked, differences=len(found.differences))
