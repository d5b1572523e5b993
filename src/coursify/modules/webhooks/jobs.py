"""What the inbox does later, and by the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from coursify.core.jobs import Tools
from coursify.core.logging import log
from coursify.modules.webhooks.services import handle_event as handling
from coursify.modules.webhooks.services.compare_money import compare_money
from coursify.modules.webhooks.services.reconcile import reconcile

DEEP_SECONDS = 900.0
# Refunds and disputes are compared whatever payment they belong to; older payments by `coursify reconcile`.
COMPARED = timedelta(days=35)


async def handle_event(tools: Tools, event_key: str) -> None:
    await handling.handle_event(tools.database, tools.payments, event_key=UUID(event_key))


async def reconcile_recent(tools: Tools) -> None:
    await reconcile(tools.database, tools.payments)


async def reconcile_deep(tools: Tools) -> None:
    await reconcile(tools.database, tools.payments, deep=True, seconds=DEEP_SECONDS)


async def compare_recent_money(tools: Tools) -> None:
    now = await tools.database.now()
    found = await compare_money(tools.database, tools.payments, since=now - COMPARED, until=now)
    log.info("money compared", payments=found.checked, differences=len(found.differences))
