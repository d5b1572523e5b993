"""Fetches the events about money that no webhook brought, hour by hour, from the cursor less a margin on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.services.store_events import PROVIDER, store_events

MARGIN = timedelta(minutes=15)
LOOK_BACK = timedelta(hours=72)
# For so long the provider can still list its events.
EVENTS_KEPT = timedelta(days=30)
# The provider's clock may run a little ahead of ours.
SKEW = timedelta(minutes=5)
WINDOW = timedelta(hours=1)
# No clock of the provider is so far behind ours: what is older is known to be over there too.
LATEST_LAG = timedelta(days=1)
DEEP = f"{PROVIDER}:deep"
# Until when the provider was asked. The cursor is no measure of that: it waits at the newest event while nothing sells.
ASKED = f"{PROVIDER}:asked"


@dataclass(frozen=True)
class Seen:
    """How many events of a window were new, and when the provider made the newest of all."""

    missed: int
    newest: datetime | None


async def fetch_missed_events(
    database: Database, gateway: PaymentGateway, *, deadline: Deadline, deep: bool = False
) -> int:
    """How many events were new. A page is one transaction, a window moves the cursor: it resumes where it ended.

    The cursor follows the provider's time, by the events themselves. `deep` goes back 72 h, with a cursor of its own,
    and stays behind the present until it has caught up.
    """
    cursor_name = DEEP if deep else PROVIDER
    async with database.transaction() as (db, now):
        cursor = await queries.find_cursor(db, cursor_name)
    since = _start(cursor, now, deep=deep)
    missed, window = 0, WINDOW
    while since < now and not deadline.has_passed:
        until = min(since + window, now)
        last = until >= now
        seen = await _read_window(database, gateway, since, until + SKEW if last else until)
        is_over = deep or until <= now - LATEST_LAG
        reached = until if is_over else seen.newest
        async with database.transaction() as (db, _now):
            if reached:
                await queries.move_cursor(db, provider=cursor_name, until=min(reached, now))
            if not deep:
                await queries.move_cursor(db, provider=ASKED, until=until)
        missed += seen.missed
        window = WINDOW if seen.newest or is_over else 2 * window
        since = until
    if missed:
        log.warning("events that no webhook brought", count=missed)
    return missed


def _start(cursor: datetime | None, now: datetime, *, deep: bool) -> datetime:
    """Where to begin. A cursor in the future was set under a wrong clock: everything is looked at again."""
    oldest = now - LOOK_BACK
    if cursor is None or cursor > now:
        return oldest
    if deep:
        # A finished round begins again; one that ran out of time goes on.
        return oldest if now - cursor < WINDOW else max(cursor, oldest)
    return max(cursor - MARGIN, now - EVENTS_KEPT)


async def _read_window(database: Database, gateway: PaymentGateway, since: datetime, until: datetime) -> Seen:
    missed, newest = 0, None
    async for page in gateway.list_events(since=since, until=until):
        if page:
            newest = max([event.created_at for event in page] + ([newest] if newest else []))
            async with database.transaction() as (db, now):
                missed += len(await store_events(db, events=page, now=now))
    return Seen(missed, newest)
