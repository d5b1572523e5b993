"""Listens to PostgreSQL's notifications, so that a process may keep copies of what others change.

A transaction that changes something notifies a channel; the notification is sent by its commit, and never without it.
The connection is checked every 500 ms. While the last check is older than a second, or the connection is lost, nothing
that depends on it is trusted. After a reconnect everything is forgotten.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import psycopg

from coursify.core.background import in_background
from coursify.core.database import Connection, Database
from coursify.core.logging import log
from coursify.core.queries import system

LISTENER = "coursify-listener"
CHECK_SECONDS = 0.5
TRUSTED_SECONDS = 1.0
RECONNECT_SECONDS = 0.25


@dataclass(frozen=True)
class Subscription:
    """`listen` sends LISTEN, `receive` gets each payload, `forget` is called when notifications may have been lost."""

    channel: str
    listen: Callable[[Connection], Awaitable[object]]
    receive: Callable[[str], None]
    forget: Callable[[], None]


class Listener:
    """One connection of the process for all subscriptions, which are made before it listens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscriptions: dict[str, Subscription] = {}
        self._checked_at = float("-inf")

    def subscribe(self, subscription: Subscription) -> None:
        self._subscriptions[subscription.channel] = subscription

    def is_trusted(self) -> bool:
        """Whether every notification of a second ago has been received."""
        return time.monotonic() - self._checked_at < TRUSTED_SECONDS

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Listens while the application runs."""
        return in_background(self._listen_forever())

    async def _listen_forever(self) -> None:
        is_lost = False
        while True:
            try:
                async with await self._connect() as connection:
                    if is_lost:
                        log.info("listener is back")
                        is_lost = False
                    self._forget()
                    await self._follow(connection)
            except (psycopg.Error, OSError, TimeoutError, ValueError) as error:
                if not is_lost:
                    log.warning("listener lost", error=type(error).__name__)
                is_lost = True
            self._checked_at = float("-inf")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, connect_timeout=2, application_name=LISTENER
        )
        try:
            for subscription in self._subscriptions.values():
                await subscription.listen(connection)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _follow(self, connection: Connection) -> None:
        """A check's answer arrives after all earlier notifications: everything is known as of the check's start."""
        while True:
            started = time.monotonic()
            async with asyncio.timeout(TRUSTED_SECONDS):
                await system.ping(connection)
            async for notice in connection.notifies(timeout=0):
                self._receive(notice)
            self._checked_at = started
            async for notice in connection.notifies(timeout=CHECK_SECONDS):
                self._receive(notice)

    def _receive(self, notice: psycopg.Notify) -> None:
        self._subscriptions[notice.channel].receive(notice.payload)

    def _forget(self) -> None:
        for subscription in self._subscriptions.values():
            subscription.forget()
