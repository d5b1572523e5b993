"""What the inbox does later, and by the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentTools
from coursify.modules.webhooks.services import handle_event as handling
from coursify.modules.webhooks.services.compare_money import compare_money
from coursify.modules.webhooks.services.reconcile import reconcile

# A clock job that takes longer is taken for hung.
NIGHTLY_SECONDS = 500.0
# Refunds and disputes of these days are compared whatever payment they belong to; `coursify reconcile` goes further.
COMPARED = timedelta(days=35)


async def handle_event(tools: PaymentTools, event_key: str) -> None:
    await handling.handle_event(tools.database, tools.payments, event_key=UUID(event_key))


async def reconcile_recent(tools: PaymentTools) -> None:
    await reconcile(tools.database, tools.payments, deadline=tools.deadline)


async def reconcile_deep(tools: PaymentTools) -> None:
    await reconcile(tools.database, tools.payments, deep=True, deadline=Deadline.within(NIGHTLY_SECONDS))


async def compare_recent_money(tools: PaymentTools) -> None:
    now = await tools.database.now()
    deadline = Deadline.within(NIGHTLY_SECONDS)
    found = await compare_money(tools.database, tools.payments, since=now - COMPARED, until=now, deadline=deadline)
    log.info("money compared", payments=found.checked, differences=len(found.differences))
