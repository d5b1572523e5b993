"""What is killed, restarted or away while others use the system."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.rehearse.figures import Figures
from tests.rehearse.installation import Installation
from tests.rehearse.load import load, lost_writes
from tests.support.servers import watchdog

from coursify_sandbox.subprocesses import stop

SETTLE_SECONDS = 2
# How long PostgreSQL is away, so that every pool notices.
AWAY_SECONDS = 3
SERVES_WITHIN = 3.0
# What was on its way to a replica when it was killed: its connections at that moment.
IN_FLIGHT = 12


async def replica_killed(installation: Installation, figures: Figures) -> None:
    """Kill -9 of each replica in turn: only what was on its way there fails, and it may be sent again."""
    async with load(installation) as noted:
        await asyncio.sleep(SETTLE_SECONDS)
        kills = []
        for part in ("api 1", "api 2"):
            kills.append(time.monotonic() - noted.started)
            await asyncio.to_thread(installation.kill, part)
            await asyncio.sleep(SETTLE_SECONDS)
            installation.start(part, installation.versions[part])
            await asyncio.to_thread(installation.wait_until_ready, part)
            await asyncio.sleep(SETTLE_SECONDS)
    late = [failure for failure in noted.failed() if not any(0 <= failure[0] - at < 1 for at in kills)]
    figures.add("a replica killed, twice", noted.summary())
    figures.require(not late, f"failed long after the kill: {late[:5]}")
    figures.require(len(noted.failed()) <= 2 * IN_FLIGHT, f"more than was in flight: {noted.failed()[:5]}")
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")


async def postgres_restarted(installation: Installation, figures: Figures) -> None:
    """Fast (connections are ended) and immediate (as a crash): only 503 with Retry-After, then at once again."""
    for name, number in (("fast", signal.SIGINT), ("immediate", signal.SIGQUIT)):
        async with load(installation) as noted:
            await asyncio.sleep(SETTLE_SECONDS)
            await asyncio.to_thread(stop, installation.servers.postgres, watchdog(), number, 30)
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(installation.servers.start_postgres)
            back = time.monotonic() - noted.started
            await asyncio.sleep(SERVES_WITHIN + SETTLE_SECONDS)
            for part, process in installation.processes.items():
                if process.poll() is not None:
                    # As systemd does: a worker ends when it loses its database.
                    installation.start(part, installation.versions[part])
        first = next((at for at in noted.good_at if at >= back), None)
        recovered = [at for at, _ in noted.unavailable if at > back + SERVES_WITHIN]
        took = f"first success {max(0.0, (first or 99) - back):.1f} s after it was back"
        figures.add(f"PostgreSQL restarted ({name})", f"{noted.summary()}, {took}")
        figures.require(not noted.failures, f"other than 503: {noted.failures[:5]}")
        figures.require(first is not None and first - back <= SERVES_WITHIN, took)
        figures.require(not recovered, f"503 later than {SERVES_WITHIN} s: {recovered[:5]}")
        figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")


async def redis_away(installation: Installation, figures: Figures, *, seconds: float) -> None:
    """Everything that matters goes on."""
    redis = installation.servers.redis
    assert redis
    async with load(installation) as noted:
        await asyncio.sleep(SETTLE_SECONDS)
        await asyncio.to_thread(redis.stop)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(redis.start)
        await asyncio.sleep(SETTLE_SECONDS)
    figures.add(f"Redis away for {seconds:.0f} s", noted.summary())
    figures.require(not noted.failed(), f"failed: {noted.failed()[:5]}")
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")
