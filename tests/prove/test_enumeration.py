"""Sign-in, forgot-password and resend-verification do not reveal whether an address is registered.

Bodies and headers are always compared; times only by `make prove`, with a running worker.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.prove.conftest import Clients
from tests.support.people import API, People
from tests.support.system import System

pytestmark = pytest.mark.anyio
SAMPLES = 2_000
MAX_AUC = 0.55
PATHS = ("login", "forgot-password", "resend-verification")
KNOWN, UNKNOWN = "somebody@example.com", "nobody.x@example.com"
# Headers that differ between any two responses.
VARYING = {"x-request-id", "date", "ratelimit"}


async def _ask(client: httpx.AsyncClient, path: str, email: str) -> httpx.Response:
    body = {"email": email} | ({"password": "not-the-one-42"} if path == "login" else {})
    return await client.post(f"{API}/users/{path}", json=body)


def _comparable(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], Any]:
    """Status, headers and body of a response, without what differs in every response."""
    body = answer.json()
    if body.get("error"):
        body["error"]["requestId"] = ""
    return answer.status_code, [line for line in answer.headers.multi_items() if line[0] not in VARYING], body


@pytest.mark.parametrize("path", PATHS)
async def test_A01_known_and_unknown_addresses_get_the_same_response(
    people: People, clients: Clients, path: str
) -> None:
    await people.sign_up(email=KNOWN)
    for client in clients:
        assert _comparable(await _ask(client, path, KNOWN)) == _comparable(await _ask(client, path, UNKNOWN))


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path, clean: None) -> Iterator[System]:
    """Sends emails during the measurement, as in production."""
    system = System(environment, tmp_path)
    system.start("worker")
    yield system
    system.stop()


def _area_under_curve(first: list[float], second: list[float]) -> float:
    """How well the times distinguish the two, by their ranks: 0.5 is not at all, 1 is always."""
    ranked = sorted([(seconds, 0) for seconds in first] + [(seconds, 1) for seconds in second])
    ranks = sum(rank for rank, (_seconds, which) in enumerate(ranked, start=1) if which)
    area = (ranks - len(second) * (len(second) + 1) / 2) / (len(first) * len(second))
    return max(area, 1 - area)


@pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="times are measured by `make prove`")
@pytest.mark.parametrize("path", PATHS)
async def test_A01_times_do_not_distinguish_known_from_unknown_addresses(
    people: People, clients: Clients, worker: System, path: str, record_property: Callable[[str, object], None]
) -> None:
    await people.sign_up(email=KNOWN)
    seconds: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    chance = random.Random(20261122)
    for _ in range(SAMPLES):
        for email in chance.sample(sorted(seconds), 2):
            started = time.perf_counter()
            await _ask(clients[0], path, email)
            seconds[email].append(time.perf_counter() - started)
    area = _area_under_curve(seconds[KNOWN], seconds[UNKNOWN])
    record_property("auc", round(area, 4))
    assert area <= MAX_AUC
