"""A long run with a fault a minute."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

from tests.rehearse.figures import Figures
from tests.rehearse.installation import Installation
from tests.rehearse.load import load, lost_writes
from tests.rehearse.rolling import roll
from tests.support.servers import watchdog

from coursify_sandbox.subprocesses import stop

GOOD = 0.9995
MORE_MEMORY = 1.3


async def soak(installation: Installation, figures: Figures, *, minutes: int) -> None:
    """At least 99.95 % good answers outside of deliberate 503s, and memory that does not grow."""
    chance = random.Random(11)  # the same faults in each run
    faults = [kill_a_replica, restart_postgres, restart_redis, kill_the_worker, restart_all]
    memory = []
    async with load(installation) as noted:
        for _ in range(minutes):
            await asyncio.sleep(45)
            memory.append(memory_of(installation))
            await chance.choice(faults)(installation)
            await asyncio.sleep(15)
    total = sum(noted.answers.values()) - len(noted.unavailable)
    good = 1 - len(noted.failures) / total
    figures.add(f"{minutes} minutes with a fault a minute", f"{noted.summary()}, {good:.3%} good")
    figures.require(good >= GOOD, f"{good:.3%} good: {noted.failures[:10]}")
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")
    figures.require(memory[-1] < memory[0] * MORE_MEMORY, f"memory grew from {memory[0]} to {memory[-1]} MB")


async def kill_a_replica(installation: Installation) -> None:
    await asyncio.to_thread(installation.kill, "api 1")
    installation.start("api 1", installation.versions["api 1"])
    await asyncio.to_thread(installation.wait_until_ready, "api 1")


async def restart_postgres(installation: Installation) -> None:
    await asyncio.to_thread(stop, installation.servers.postgres, watchdog(), signal.SIGINT, 30)
    await asyncio.to_thread(installation.servers.start_postgres)


async def restart_redis(installation: Installation) -> None:
    redis = installation.servers.redis
    assert redis
    await asyncio.to_thread(redis.stop)
    await asyncio.sleep(5)
    await asyncio.to_thread(redis.start)


async def kill_the_worker(installation: Installation) -> None:
    await asyncio.to_thread(installation.kill, "worker")
    installation.start("worker", installation.versions["worker"])


async def restart_all(installation: Installation) -> None:
    await roll(installation, installation.versions["api 1"])


def memory_of(installation: Installation) -> int:
    """Megabytes of the two replicas."""
    pages = 0
    for part, process in installation.processes.items():
        if part.startswith("api"):
            pages += int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * 4096 // 1_000_000
