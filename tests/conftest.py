"""What every test uses: real PostgreSQL and Redis, the application with its own commits, the stand-ins."""

from __future__ import annotations

import base64
import dataclasses
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import procrastinate
import psycopg
import pytest
import stripe
from fastapi import FastAPI
from tests.support import grouping
from tests.support.application import client_of, resources_of
from tests.support.classroom import Classroom
from tests.support.connections import OneConnection
from tests.support.films import Studio, files_below, make_studio
from tests.support.mail_events import PUBLIC_KEY
from tests.support.mailbox import Mailbox, start_mailbox
from tests.support.people import People
from tests.support.servers import ServerAddresses, addresses_from_json, start_test_servers
from tests.support.shop import Shop
from tests.support.stripe_standin import StripeStandin, start_stripe_standin

from coursify import app as application
from coursify import worker
from coursify.commands.migrate import upgrade
from coursify.core import clock
from coursify.core.cache import make_redis
from coursify.core.counted import BORROWED, Borrowed
from coursify.core.database import Connection, Database
from coursify.core.settings import DatabaseSettings, LimitSettings, Settings, load_settings
from coursify.resources import Resources, open_resources

SERVERS = "COURSIFY_TEST_SERVERS"
TEMPLATE = "coursify_template"
SERVER_KEY = pytest.StashKey[object]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts the servers and migrates a template; xdist's workers read where they are."""
    config.pluginmanager.register(grouping)
    # Thousands of tests are collected, and none of them is garbage.
    gc.disable()
    if SERVERS in os.environ:
        return
    servers = start_test_servers(Path(tempfile.gettempdir()) / f"coursify-tests-{os.getpid()}")
    config.stash[SERVER_KEY] = servers
    addresses = servers.addresses()
    with psycopg.connect(addresses.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {TEMPLATE}")  # a constant of this file
    upgrade(
        DatabaseSettings(
            database_url=addresses.app_url_for(TEMPLATE), database_owner_url=addresses.owner_url_for(TEMPLATE)
        )
    )
    os.environ[SERVERS] = addresses.as_json()


def pytest_collection_finish() -> None:
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(SERVER_KEY, None)
    if servers is not None:
        os.environ.pop(SERVERS, None)
        servers.stop()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> ServerAddresses:
    return addresses_from_json(os.environ[SERVERS])


@pytest.fixture(scope="session")
def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def database_name(servers: ServerAddresses, worker_number: int) -> Iterator[str]:
    """A database of this process, copied from the migrated template."""
    name = f"coursify_test_{worker_number}_{secrets.token_hex(3)}"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield name
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def stripe_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeStandin]:
    """A stand-in Stripe of this process; it delivers no webhooks by itself: tests hand events over as they wish."""
    standin = start_stripe_standin(tmp_path_factory.mktemp("stripe"), webhook_url="")
    yield standin
    standin.stop()


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    box = start_mailbox(tmp_path_factory.mktemp("mailbox"))
    yield box
    box.stop()


@pytest.fixture(scope="session")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock") / "offset"


@pytest.fixture(scope="session")
def environment(
    servers: ServerAddresses,
    database_name: str,
    worker_number: int,
    stripe_standin: StripeStandin,
    mailbox: Mailbox,
    clock_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """The environment that the application under test reads; also for processes that a test starts."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "ENVIRONMENT": "test",
        "COURSIFY_ENV_FILE": "",
        "SHUTDOWN_DELAY_SECONDS": "0",
        "PUBLIC_URL": "http://testserver",
        "DATABASE_URL": servers.app_url_for(database_name),
        "DATABASE_OWNER_URL": servers.owner_url_for(database_name),
        "REDIS_URL": servers.redis_url(worker_number % 16),
        "STRIPE_SECRET_KEY": stripe_standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": stripe_standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": stripe_standin.webhook_secret,
        "STRIPE_API_BASE": stripe_standin.url,
        "SENDGRID_API_KEY": mailbox.api_key,
        "SENDGRID_API_BASE": mailbox.url,
        "SENDGRID_WEBHOOK_PUBLIC_KEY": PUBLIC_KEY,
        "SERVER_KEY": key(),
        "ENCRYPTION_KEYS": f"e1:{key()}",
        "JWT_KEYS": f"j1:{key()}",
        "STRIPE_TIMEOUT_SECONDS": "1.5",
        "CLOCK_OFFSET_FILE": str(clock_file),
        "MEDIA_FOLDER": str(tmp_path_factory.mktemp("media")),
        "MEDIA_SCRATCH_FOLDER": str(tmp_path_factory.mktemp("scratch")),
        "RATE_LIMIT_FACTOR": "1000",
        # Most tests sign somebody up; the proofs measure with the real cost.
        "ARGON2_MEMORY_KIB": "19456" if os.environ.get("COURSIFY_PROVE") else "8",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        loaded = load_settings()
        # Refused outside of tests, and a sandbox that a test starts is outside.
        patch.delenv("ARGON2_MEMORY_KIB")
        # How long Stripe's SDK waits before it repeats a call.
        patch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.05)
        yield loaded


@pytest.fixture(scope="session")
async def app(settings: Settings, anyio_backend: str) -> AsyncIterator[FastAPI]:
    """The application with its lifespan, on one loop for all tests of this process."""
    built = application.build(settings)
    async with built.router.lifespan_context(built):
        yield built


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    return resources_of(app).database


@pytest.fixture(scope="session")
async def resources(settings: Settings, app: FastAPI) -> AsyncIterator[Resources]:
    """Those of a worker; what its jobs change is known to the application at once."""
    async with open_resources(settings, statement_timeout_ms=worker.STATEMENT_TIMEOUT_MS) as opened:
        opened.answers.receive = resources_of(app).answers.receive  # type: ignore[method-assign]
        yield opened


@pytest.fixture(scope="session")
async def owner_connection(settings: Settings, app: FastAPI) -> AsyncIterator[Connection]:
    url = settings.database.database_owner_url
    assert url
    async with await psycopg.AsyncConnection.connect(url.get_secret_value(), autocommit=True) as connection:
        # What a test writes by itself is known to the application at once, as its own writes are.
        await resources_of(app).answers.hear_own_changes(connection)
        yield connection


@pytest.fixture
async def db(owner_connection: Connection, clean: None) -> AsyncIterator[Connection]:
    """The owner's connection, in autocommit, outside every transaction of the application."""
    yield owner_connection
    await owner_connection.execute("DISCARD TEMP")
    await owner_connection.execute("RESET ALL")


@pytest.fixture(scope="session")
def clean_database(settings: Settings) -> Iterator[Callable[[], None]]:
    """Empties every table of this process's database, in one round trip on one connection.

    DELETE, not TRUNCATE: for a few rows it is ten times faster; replica mode leaves foreign keys out of it. Categories
    come with the migrations: each test finds them as the first one did.
    """
    url = settings.database.database_owner_url
    assert url
    with psycopg.connect(url.get_secret_value(), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("CREATE TEMPORARY TABLE pristine_categories AS TABLE categories")
        tables = connection.execute(
            """
            SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            """
        ).fetchall()
        statements = [f"DELETE FROM {table}" for (table,) in tables]
        sql = "; ".join([*statements, "INSERT INTO categories SELECT * FROM pristine_categories"])
        yield lambda: connection.execute(sql, prepare=False) and None


@pytest.fixture
def clean(
    clean_database: Callable[[], None], clock_file: Path, mailbox: Mailbox, stripe_standin: StripeStandin
) -> None:
    """Empty tables, an empty mailbox, a clock that tells the time, a stand-in without faults."""
    clock_file.unlink(missing_ok=True)
    clean_database()
    mailbox.clear()
    stripe_standin.control("POST", "reset")


@pytest.fixture
async def client(app: FastAPI, settings: Settings, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """An anonymous client of the application, through its outermost layer; no request takes a second connection."""
    resources_of(app).answers.clear()
    counted = OneConnection(application.wrap(app, settings))
    transport = httpx.ASGITransport(app=counted, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened
    assert not counted.offenders


@pytest.fixture(scope="session")
async def queue(resources: Resources) -> AsyncIterator[procrastinate.App]:
    async with worker.open_queue(resources, with_clock=False) as opened:
        yield opened


@pytest.fixture
def run_jobs(queue: procrastinate.App, clean: None) -> worker.RunJobs:
    """Runs every job that is due, and those that they defer, until none is left; one after the other.

    No job uses two connections at once.
    """

    async def run() -> None:
        token = BORROWED.set(borrowed := Borrowed())
        try:
            await worker.run_due(queue)
        finally:
            BORROWED.reset(token)
        assert borrowed.most <= 1

    return run


@pytest.fixture
def shop(
    client: httpx.AsyncClient, stripe_standin: StripeStandin, resources: Resources, run_jobs: worker.RunJobs
) -> Shop:
    return Shop(client, stripe_standin, resources, run_jobs)


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)


@pytest.fixture
async def studio(classroom: Classroom) -> Studio:
    """An instructor with a draft, whose only lesson gets videos."""
    return await make_studio(classroom)


@pytest.fixture
def scratch(settings: Settings, clean: None) -> Iterator[Path]:
    """The empty scratch folder. A test leaves no file in it."""
    folder = settings.media.media_scratch_folder
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    assert files_below(folder) == []


@pytest.fixture
def people(client: httpx.AsyncClient, db: Connection, mailbox: Mailbox, run_jobs: worker.RunJobs) -> People:
    return People(client, db, mailbox, run_jobs)


@pytest.fixture
async def strict_client(settings: Settings, servers: ServerAddresses, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose limits are not scaled, with nothing counted yet."""
    servers.require_redis()
    redis = make_redis(settings.redis)
    await redis.flushdb()
    await redis.aclose()
    async with client_of(dataclasses.replace(settings, limits=LimitSettings(rate_limit_factor=1))) as opened:
        yield opened


@pytest.fixture
def trusted_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a read asks for the time does not depend on how fast a test is."""
    monkeypatch.setattr(clock, "TRUSTED_SECONDS", 3600.0)
