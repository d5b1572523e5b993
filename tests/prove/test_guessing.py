"""Ten thousand guesses at one password with a thousand client addresses, over two replicas.

The addresses are claimed in X-Forwarded-For. With a trusted proxy they represent an attacker with that many addresses;
without one they must be ignored. Without Redis the replicas still count together. `make test` runs a short round.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.prove.conftest import Clients
from tests.prove.replicas import start_replicas
from tests.support.mailbox import Mailbox
from tests.support.people import API, People, Person
from tests.support.plain_http import PLAIN

from coursify.core.database import Connection
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
ADDRESSES, GUESSES = (1_000, 10_000) if os.environ.get("COURSIFY_PROVE") else (20, 100)
GUESSES_AT_ONCE = 16
MAX_VERIFICATIONS = 10
HOME = {"X-Forwarded-For": "192.0.2.7"}


Record = Callable[[str, object], None]


@asynccontextmanager
async def _two_strict(
    environment: dict[str, str], folder: Path, *, trusted: str, with_redis: bool = True
) -> AsyncIterator[Clients]:
    """Clients of two replicas with the limits of production."""
    with start_replicas(environment, folder, RATE_LIMIT_FACTOR="1", TRUSTED_PROXIES=trusted) as replicas:
        if not with_redis:
            replicas.redis.stop()
        first, second = (httpx.AsyncClient(base_url=url, **PLAIN, timeout=30) for url in replicas.urls)
        async with first, second:
            yield first, second


async def _guess_at(clients: Clients, owner: Person) -> Counter[int]:
    """Sends a different password each time, half of them to each replica; returns the number of each status."""
    gate = asyncio.Semaphore(GUESSES_AT_ONCE)

    async def guess(number: int) -> int:
        address = number % ADDRESSES
        headers = {"X-Forwarded-For": f"198.18.{address // 250}.{address % 250 + 1}"}
        async with gate:
            body = {"email": owner.email, "password": f"guess-{number}!"}
            return (await clients[number % 2].post(f"{API}/users/login", json=body, headers=headers)).status_code

    return Counter(await asyncio.gather(*(guess(number) for number in range(GUESSES))))


@pytest.mark.parametrize("with_redis", [True, False])
async def test_A21_ten_passwords_are_verified_and_the_owner_signs_in_on_a_known_device(
    environment: dict[str, str],
    tmp_path: Path,
    db: Connection,
    mailbox: Mailbox,
    run_jobs: RunJobs,
    record_property: Record,
    *,
    with_redis: bool,
) -> None:
    async with _two_strict(environment, tmp_path, trusted="127.0.0.0/8", with_redis=with_redis) as clients:
        owner = await People(clients[0], db, mailbox, run_jobs).sign_up()
        device = (await owner.login(headers=HOME)).json()["data"]["deviceToken"]
        answers = await _guess_at(clients, owner)
        record_property("answers", dict(answers))
        assert answers.keys() == {401, 429}
        assert answers[401] <= MAX_VERIFICATIONS
        assert (await owner.login(headers=HOME)).status_code == 429
        assert (await owner.login(headers=HOME | {"X-Device-Token": device[:-2] + "AA"})).status_code == 429
        assert (await owner.login(headers=HOME | {"X-Device-Token": device})).status_code == 200


async def test_A21_claimed_addresses_are_ignored_without_a_trusted_proxy(
    environment: dict[str, str],
    tmp_path: Path,
    db: Connection,
    mailbox: Mailbox,
    run_jobs: RunJobs,
    record_property: Record,
) -> None:
    async with _two_strict(environment, tmp_path, trusted="") as clients:
        owner = await People(clients[0], db, mailbox, run_jobs).sign_up()
        answers = await _guess_at(clients, owner)
        record_property("answers", dict(answers))
        assert answers.keys() == {401, 429}
        assert answers[401] <= MAX_VERIFICATIONS
