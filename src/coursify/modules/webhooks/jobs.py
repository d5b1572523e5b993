"""What the inbox does later, and by the clock."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.jobs import Tools
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.services import handle_event as handling
from coursify.modules.webhooks.services.reconcile import reconcile


async def handle_event(tools: Tools, event_key: str) -> None:
    await handling.handle_event(tools.database, tools.payments, event_key=UUID(event_key))


async def reconcile_recent(tools: Tools) -> None:
    await reconcile(tools.database, tools.payments, Sealer(tools.settings.keys.encryption_keys))


async def reconcile_deep(tools: Tools) -> None:
    await reconcile(tools.database, tools.payments, Sealer(tools.settings.keys.encryption_keys), deep=True)


async def forget_payloads(tools: Tools) -> None:
    """What events said, a month after they were handled."""
    async with tools.database.transaction() as (db, now):
        await queries.clear_old_payloads(db, now=now)
