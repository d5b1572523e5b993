"""A person whose name, address and bio are canaries is erased: no canary is left anywhere, and every booking stays.

The whole system runs: API and worker as processes, Stripe with webhooks, and emails.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr
from tests.support.campaign import send_with_retries
from tests.support.classroom import Classroom
from tests.support.mailbox import Mailbox
from tests.support.people import API, PASSWORD
from tests.support.plain_http import PLAIN
from tests.support.sealed_columns import open_sealed_columns
from tests.support.servers import TestRedis, start_test_redis
from tests.support.shop import new_key
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin
from tests.support.system import System

from coursify.core.cache import make_redis
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.core.settings import RedisSettings, Settings
from coursify.modules.privacy import jobs as privacy_jobs
from coursify.resources import Resources
from coursify.sealed_columns import SEALED_COLUMNS

pytestmark = pytest.mark.anyio
SETTLES_WITHIN = 60.0
NAME, ADDRESS, BIO = "Kanarienvogel", "canary7f3q@example.com", "zwitscherbio"
CANARIES = (NAME, "canary7f3q", BIO)
MONEY = ("orders", "order_lines", "payments", "refunds", "refund_lines", "payment_status_history", "ledger_entries")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[TestRedis]:
    started = start_test_redis(tmp_path)
    yield started
    started.stop()


@pytest.fixture
def system(
    environment: dict[str, str], redis: TestRedis, tmp_path: Path, clean: None
) -> Iterator[tuple[System, StripeStandin]]:
    """API, worker and a separate Stripe, with the most detailed log."""
    port = free_port()
    standin = start_stripe_standin(tmp_path / "stripe", f"http://127.0.0.1:{port}{API}/payments/webhook")
    own = {
        "STRIPE_SECRET_KEY": standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": standin.webhook_secret,
        "STRIPE_API_BASE": standin.url,
        "REDIS_URL": redis.url(),
        "LOG_LEVEL": "DEBUG",
    }
    started = System(environment | own, tmp_path, port=port)
    started.start("serve")
    started.start("worker")
    started.wait_until_ready()
    yield started, standin
    started.stop()
    standin.stop()


@pytest.fixture
async def seen_jobs(db: Connection) -> AsyncIterator[None]:
    """Successful jobs are deleted; their arguments are recorded in `seen_jobs` for this test."""
    await db.execute("CREATE TABLE seen_jobs (task_name text, args jsonb)")
    await db.execute(
        "CREATE FUNCTION see_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
        "$$ BEGIN INSERT INTO public.seen_jobs VALUES (NEW.task_name, NEW.args); RETURN NEW; END $$"
    )
    await db.execute(
        "CREATE TRIGGER see_job BEFORE INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION see_job()"
    )
    yield
    await db.execute("DROP TRIGGER see_job ON procrastinate_jobs")
    await db.execute("DROP FUNCTION see_job")
    await db.execute("DROP TABLE seen_jobs")


class Canary:
    """A person who leaves personal data wherever a person can."""

    def __init__(self, client: httpx.AsyncClient, standin: StripeStandin, mailbox: Mailbox) -> None:
        self._client, self._standin, self._mailbox = client, standin, mailbox
        self._headers = {"User-Agent": f"Browser of {NAME}"}
        self.id = ""

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = await send_with_retries(self._client, method, API + path, json=body, headers=self._headers | headers)
        assert answer.status_code < 300, answer.text
        return answer.json()["data"]

    async def use_everything(self, courses: list[str]) -> None:
        """Sign up, confirm, edit, forget the password, fail to sign in, buy, review, refund, request an export."""
        body = {"name": NAME, "email": ADDRESS, "password": PASSWORD}
        session = await self.call("POST", "/users/register", body)
        self.id = session["user"]["id"]
        self._headers["Authorization"] = f"Bearer {session['accessToken']}"
        await self.call("PUT", "/users/me", {"bio": BIO, "avatarUrl": "https://canary7f3q.example.com/me.png"})
        await self.call("POST", "/users/verify-email", {"token": await self._token_of_email()})
        await self.call("PUT", "/users/me/email", {"currentPassword": PASSWORD, "email": "canary7f3q.next@example.com"})
        await self.call("POST", "/users/forgot-password", {"email": ADDRESS})
        wrong = {"email": ADDRESS, "password": f"{NAME}-guesses-1"}
        assert (await self._client.post(f"{API}/users/login", json=wrong)).status_code == 401
        await self.call("POST", "/users/me/totp")
        payments = [await self._buy(course) for course in courses]
        await self.call("POST", f"/courses/{courses[0]}/reviews", {"rating": 5, "comment": f"{NAME} was here"})
        refund = {"paymentId": payments[1], "reason": "requested"}
        await self.call("POST", "/payments/refund", refund, **{"Idempotency-Key": new_key()})
        await self._until(payments[1], "refunded")
        await self.call("GET", "/users/me/export")
        assert (await self._client.get(f"{API}/users/{ADDRESS}")).status_code == 404

    async def _token_of_email(self) -> str:
        deadline = time.monotonic() + SETTLES_WITHIN
        while not (emails := await asyncio.to_thread(self._mailbox.messages, ADDRESS)):
            assert time.monotonic() < deadline, "no email came"
            await asyncio.sleep(0.2)
        found = re.search(r"token=([\w-]+)", emails[0]["text"])
        assert found
        return found[1]

    async def _buy(self, course_id: str) -> str:
        body, key = {"courseId": course_id}, new_key()
        checkout = await self.call("POST", "/payments", body, **{"Idempotency-Key": key})
        confirmation = {
            "key": self._standin.publishable_key,
            "client_secret": checkout["clientSecret"],
            "payment_method": "pm_card_visa",
            "return_url": "https://school.example.com/thanks",
        }
        address = f"{self._standin.url}/v1/payment_intents/{checkout['payment']['transactionId']}/confirm"
        assert (await self._client.post(address, data=confirmation)).status_code == 200
        payment = str(checkout["payment"]["id"])
        await self._until(payment, "succeeded")
        return payment

    async def _until(self, payment_id: str, status: str) -> None:
        deadline = time.monotonic() + SETTLES_WITHIN
        while (await self.call("GET", f"/payments/{payment_id}"))["status"] != status:
            assert time.monotonic() < deadline, f"the payment is not {status}"
            await asyncio.sleep(0.2)


async def _settle(db: Connection) -> None:
    """Waits until no job is due, no email is unsent and no erasure is pending."""
    deadline = time.monotonic() + SETTLES_WITHIN
    waiting = """
        SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queueing_lock IS NULL
                  AND (scheduled_at IS NULL OR scheduled_at <= now()))
            + (SELECT count(*) FROM email_deliveries WHERE state IN ('queued', 'sending'))
            + (SELECT count(*) FROM erasure_requests WHERE completed_at IS NULL)
    """
    while (count := (await (await db.execute(waiting)).fetchall())[0][0]) > 0:
        assert time.monotonic() < deadline, f"{count} rows are still pending"
        await asyncio.sleep(0.2)


def _dump_of_database(url: str, sealer: Sealer) -> dict[str, str]:
    """The COPY output of every table of our schemas, and the plain text of every sealed column."""
    tables = """
        SELECT oid::regclass::text FROM pg_class
        WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
    """
    with psycopg.connect(url) as db, db.cursor() as cursor:
        dump = {}
        for (table,) in cursor.execute(tables).fetchall():
            with cursor.copy(sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.SQL(table))) as copied:
                dump[table] = b"".join(bytes(part) for part in copied).decode()
        return dump | {name: "\n".join(values) for name, values in open_sealed_columns(db, sealer).items()}


async def _dump_of_redis(redis: TestRedis) -> str:
    """Every key and its value as Redis serializes it; each byte becomes one character."""
    client = make_redis(RedisSettings(redis_url=SecretStr(redis.url())))
    try:
        parts = [key + b" " + (await client.dump(key) or b"") async for key in client.scan_iter("*")]
    finally:
        await client.aclose()
    return b"\n".join(parts).decode("latin-1")


def _forms(canary: str) -> set[str]:
    """As text, as the hexadecimal of COPY, and as base64 at each of the three offsets."""
    raw = canary.encode()
    encoded = {base64.b64encode(b"x" * shift + raw).decode()[4 if shift else 0 : -4] for shift in range(3)}
    return {canary.lower(), raw.hex(), raw.lower().hex()} | {part.lower() for part in encoded}


def _find_canaries(places: dict[str, str]) -> list[str]:
    forms = {form for canary in CANARIES for form in _forms(canary)}
    return [f"{form} in {place}" for place, text in places.items() for form in forms if form in text.lower()]


async def _money(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every booking, without the reason that a person wrote."""
    rows = "SELECT to_jsonb({table}) - 'reason' FROM {table} ORDER BY 1"
    return {table: await (await db.execute(rows.replace("{table}", table))).fetchall() for table in MONEY}


@pytest.mark.slow
async def test_an_erasure_leaves_no_canary_and_every_booking(
    classroom: Classroom,
    system: tuple[System, StripeStandin],
    redis: TestRedis,
    mailbox: Mailbox,
    environment: dict[str, str],
    settings: Settings,
    seen_jobs: None,
    resources: Resources,
) -> None:
    processes, standin = system
    sealer = Sealer(settings.keys.encryption_keys)
    teacher = await classroom.person("instructor")
    courses = [(await classroom.published(teacher, price=4900 + number))["id"] for number in range(2)]
    async with httpx.AsyncClient(base_url=processes.url, **PLAIN, timeout=30) as client:
        canary = Canary(client, standin, mailbox)
        await canary.use_everything(courses)
        await _settle(classroom.db)
        dump = _dump_of_database(environment["DATABASE_OWNER_URL"], sealer)
        sealed = {f"{column.table}.{column.column}" for column in SEALED_COLUMNS}
        assert _find_canaries({name: dump[name] for name in dump.keys() - sealed}), (
            "the search finds no canary in clear"
        )
        assert _find_canaries({name: dump[name] for name in sealed}), "the search finds no canary behind a seal"
        before = await _money(classroom.db)
        assert all(before.values())
        await canary.call("DELETE", f"/users/{canary.id}")
    await _settle(classroom.db)
    processes.stop()
    # By the clock within five minutes: the receipt is sent, so its address goes.
    await privacy_jobs.purge_expired(resources)
    places = _dump_of_database(environment["DATABASE_OWNER_URL"], sealer)
    assert len(places["seen_jobs"].splitlines()) > 10
    places["Redis"] = await _dump_of_redis(redis)
    places |= {name: (processes.folder / name).read_text() for name in ("serve.log", "worker.log")}
    assert places["serve.log"]
    assert _find_canaries(places) == []
    assert await _money(classroom.db) == before
    audit = await asyncio.to_thread(_audit, environment)
    assert audit.returncode == 0, audit.stdout


def _audit(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coursify", "audit"]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
