"""Fixtures of the long campaigns: two replicas, a client of each, people who sign up at one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from tests.prove.replicas import Replicas, start_replicas
from tests.support.mailbox import Mailbox
from tests.support.people import People
from tests.support.plain_http import PLAIN

from coursify.core.database import Connection
from coursify.worker import RunJobs

Clients = tuple[httpx.AsyncClient, httpx.AsyncClient]


@pytest.fixture(scope="package")
def replicas(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Two replicas with rate limits that no test reaches."""
    with start_replicas(environment, tmp_path_factory.mktemp("replicas"), RATE_LIMIT_FACTOR="100000") as started:
        yield started


@pytest.fixture
async def clients(replicas: Replicas, clean: None) -> AsyncIterator[Clients]:
    limits = httpx.Limits(max_connections=32)
    first, second = (httpx.AsyncClient(base_url=url, **PLAIN, timeout=30, limits=limits) for url in replicas.urls)
    async with first, second:
        yield first, second


@pytest.fixture
def people(clients: Clients, db: Connection, mailbox: Mailbox, run_jobs: RunJobs) -> People:
    return People(clients[0], db, mailbox, run_jobs)
