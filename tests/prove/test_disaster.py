"""The data directory is deleted while people buy: at most five seconds are lost, and what was paid comes back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from tests.prove.buyers import Market, eventually, open_market
from tests.prove.fleet import PARTS, Fleet, start_fleet
from tests.support.backups import REACHABLE, Depot, backup_environment
from tests.support.classroom import PREFIX
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.servers import watchdog

from coursify_sandbox.subprocesses import stop

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove"),
]
BUYERS = 30
LOST_SECONDS = 5.0


@pytest.fixture
def root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="coursify-depot-", dir=REACHABLE))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fleet(environment: dict[str, str], mailbox: Mailbox, root: Path) -> Iterator[Fleet]:
    mailbox.clear()
    (root / "media").mkdir()
    with start_fleet(environment, mailbox, root, MEDIA_FOLDER=str(root / "media")) as started:
        yield started


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(**PLAIN, timeout=60, limits=httpx.Limits(max_connections=64)) as opened:
        yield opened


async def test_the_data_directory_is_deleted_while_people_buy(
    fleet: Fleet, client: httpx.AsyncClient, root: Path, record_property: Callable[[str, object], None]
) -> None:
    depot = Depot(fleet.servers, root, fleet.environment | backup_environment(fleet.servers, root))
    market = await open_market(fleet, client, courses=3)
    streaming = depot.start("backup", "wal")
    await asyncio.to_thread(depot.succeed, "backup", "full")
    erased = await erase_somebody(market)
    bought = await buy_until_deleted(market, fleet)
    await asyncio.to_thread(stop_all, fleet)
    streaming.terminate()
    streaming.wait(60)

    data, started = fleet.servers.cluster.paths.data, time.monotonic()
    said = await asyncio.to_thread(depot.succeed, "restore", "--data-dir", str(data))
    record_property("restored_seconds", round(time.monotonic() - started, 1))
    assert "is restored" in said
    fleet.servers.start_postgres()
    lost = [email for email, at in bought.signed_up.items() if not exists(fleet, email)]
    newest_kept = max((at for email, at in bought.signed_up.items() if email not in lost), default=0.0)
    record_property("accounts_lost", f"{len(lost)} of {len(bought.signed_up)}")
    record_property("lost_seconds", round(max(0.0, bought.deleted_at - newest_kept), 1))
    assert all(bought.deleted_at - bought.signed_up[email] <= LOST_SECONDS for email in lost)

    assert await asyncio.to_thread(depot.run, "reconcile")
    for part in PARTS:
        fleet.start(part)
    fleet.wait_until_ready()
    fleet.standin.flush(30)
    await eventually(lambda: what_was_paid_and_not_granted(fleet, lost), within=400)
    audit = await asyncio.to_thread(depot.run, "audit")
    assert audit.returncode == 0, audit.stdout
    with psycopg.connect(fleet.owner_url, autocommit=True) as db:
        assert db.execute("SELECT status FROM users WHERE id = %s", [erased]).fetchall() == [("erased",)]
    depot.stop()


class Bought:
    """When each account was acknowledged, and when the data was deleted (monotonic)."""

    def __init__(self) -> None:
        self.signed_up: dict[str, float] = {}
        self.deleted_at = 0.0


async def buy_until_deleted(market: Market, fleet: Fleet) -> Bought:
    bought = Bought()

    async def shop(number: int) -> None:
        with suppress(AssertionError, httpx.HTTPError, KeyError):
            while not bought.deleted_at:
                buyer = await market.sign_up(number)
                bought.signed_up[buyer.email] = time.monotonic()
                answer = await market.start(buyer, market.courses[:1], replica=number)
                await market.confirm(answer.json()["data"])

    shopping = [asyncio.create_task(shop(number)) for number in range(BUYERS)]
    await eventually(lambda: too_few(bought), within=300, every=0.2)
    await asyncio.to_thread(shutil.rmtree, fleet.servers.cluster.paths.data, ignore_errors=True)
    await asyncio.to_thread(stop, fleet.servers.postgres, watchdog(), signal.SIGKILL, timeout=10)
    bought.deleted_at = time.monotonic()
    for task in shopping:
        task.cancel()
    await asyncio.gather(*shopping, return_exceptions=True)
    return bought


async def too_few(bought: Bought) -> bool:
    return len(bought.signed_up) < 2 * BUYERS


async def erase_somebody(market: Market) -> UUID:
    """After the backup, so that it comes back with it."""
    buyer = await market.sign_up(999)
    headers = {"Authorization": f"Bearer {buyer.token}"}
    answer = await market.client.delete(f"{market.fleet.url()}{PREFIX}/users/{buyer.user_id}", headers=headers)
    assert answer.is_success, answer.text
    await asyncio.sleep(1)
    return UUID(buyer.user_id)


def stop_all(fleet: Fleet) -> None:
    for process in fleet.processes.values():
        process.kill()
        process.wait()
    shutil.rmtree(fleet.servers.cluster.paths.data, ignore_errors=True)


def exists(fleet: Fleet, email: str) -> bool:
    with psycopg.connect(fleet.owner_url, autocommit=True) as db:
        return db.execute("SELECT FROM users WHERE email_canonical = %s", [email]).fetchone() is not None


async def what_was_paid_and_not_granted(fleet: Fleet, lost: list[str]) -> str:
    """Payments at the provider of orders that the database has, without access."""
    fleet.revive()
    received = {row["id"] for row in fleet.standin.ledger()["payment_intents"] if row["received"]}
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        rows = await (await db.execute("SELECT provider_payment_id, intent_rank FROM payments")).fetchall()
    waiting = [intent for intent, rank in rows if intent in received and rank < 2]
    return f"{len(waiting)} of {len(received)}" if waiting else ""
