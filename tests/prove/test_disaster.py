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
GRANTED = """
SELECT orders.id::text, EXISTS (
    SELECT FROM access_grants JOIN order_lines ON order_lines.id = source_id
    WHERE source_type = 'order_line' AND order_id = orders.id
) FROM orders
"""


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

    reconciled = await asyncio.to_thread(depot.run, "reconcile")
    # 1: there were differences, which have been taken over or are on the work list.
    assert reconciled.returncode in {0, 1}, reconciled.stdout + reconciled.stderr
    for part in PARTS:
        fleet.start(part)
    fleet.wait_until_ready()
    fleet.standin.flush(30)
    await eventually(lambda: what_was_paid_and_not_granted(fleet), within=400)
    unknown = what_has_no_order(fleet)
    record_property("paid", len(what_was_received(fleet)))
    record_property("paid_without_order", len(unknown))
    assert unknown <= on_the_work_list(fleet)
    again = await asyncio.to_thread(depot.run, "reconcile")
    assert again.returncode == (1 if unknown else 0), again.stdout + again.stderr
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


def what_was_received(fleet: Fleet) -> dict[str, str]:
    """The intents that took money, as the provider says, with the order of each."""
    intents = fleet.standin.ledger()["payment_intents"]
    return {row["id"]: row["metadata"]["order_id"] for row in intents if row["received"]}


def what_has_no_order(fleet: Fleet) -> set[str]:
    """The intents that took money for orders that the restored database does not have."""
    with psycopg.connect(fleet.owner_url, autocommit=True) as db:
        orders = {order_id for order_id, _is_granted in db.execute(GRANTED)}
    return {intent for intent, order_id in what_was_received(fleet).items() if order_id not in orders}


def on_the_work_list(fleet: Fleet) -> set[str]:
    with psycopg.connect(fleet.owner_url, autocommit=True) as db:
        rows = db.execute(
            "SELECT object_id FROM attention_items WHERE kind = 'money_difference' AND object_type = 'intent'"
        ).fetchall()
    return {intent for (intent,) in rows}


async def what_was_paid_and_not_granted(fleet: Fleet) -> str:
    """The orders that the database has and the provider was paid for, without access to the course."""
    fleet.revive()
    paid = set(what_was_received(fleet).values())
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        rows = await (await db.execute(GRANTED)).fetchall()
    waiting = [order_id for order_id, is_granted in rows if order_id in paid and not is_granted]
    return f"{len(waiting)} of {len(paid)}" if waiting else ""
