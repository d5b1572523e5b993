"""Events that arrive together are stored together: a commit takes as long for fifty of them as for one."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from coursify.core.counted import BORROWED
from coursify.core.database import Database
from coursify.core.resources import CoreResources
from coursify.modules.payments.gateway import ProviderEvent
from coursify.modules.webhooks.services.store_events import store_events

MOST_AT_ONCE = 100
Waiting = tuple[ProviderEvent, asyncio.Future[bool]]


class Inbox:
    """Stores the events of this process in one transaction at a time; those that arrive during it wait for the next."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Waiting] = deque()
        self._storing: asyncio.Task[None] | None = None

    async def store(self, event: ProviderEvent) -> bool:
        """Whether the event is new. It is stored durably when this returns; what the transaction raises is raised."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if self._storing is None:
            # A task of its own: a request that is canceled takes no other with it.
            self._storing = asyncio.create_task(self._store_all())
        return await stored

    async def _store_all(self) -> None:
        # The connection is not that of the request which came first: it may end earlier.
        BORROWED.set(None)
        try:
            while self._waiting:
                await self._store([self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))])
        finally:
            self._storing = None

    async def _store(self, batch: list[Waiting]) -> None:
        try:
            async with self._database.transaction() as (db, now):
                new = set(await store_events(db, events=[event for event, _stored in batch], now=now))
        except Exception as error:  # noqa: BLE001  # every request of the batch raises it
            for _event, stored in batch:
                if not stored.done():
                    stored.set_exception(error)
            return
        for event, stored in batch:
            if not stored.done():
                stored.set_result(event.id in new)
            # The same event twice in one batch is new once.
            new.discard(event.id)


@dataclass(frozen=True, kw_only=True)
class WebhookResources(CoreResources):
    """The process's resources, with its inbox."""

    inbox: Inbox
