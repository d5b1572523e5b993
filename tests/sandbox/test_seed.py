"""The sample school is large enough, consistent, the same on every run, and sends no email."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from rich.console import Console
from tests.support.school import ACCOUNTS, own_database
from tests.support.seeding import run_seed
from tests.support.servers import ServerAddresses
from tests.support.stripe_standin import StripeStandin, start_stripe_standin

from coursify import app as application
from coursify import worker
from coursify.core.deadline import NEVER
from coursify.core.settings import Settings, load_settings
from coursify.invariants.examine import examine
from coursify.modules.webhooks.services.compare_money import compare_money
from coursify.modules.webhooks.services.fetch_missed_events import fetch_missed_events
from coursify.resources import open_resources
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.seed import command
from coursify_sandbox.seed.progress import ProgressReporter

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class SeededSchool:
    """`refundable` is the payment that one test refunds; the others ignore it."""

    name: str
    owner_url: str
    environment: dict[str, str]
    standin: StripeStandin
    refundable: str


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeStandin]:
    """A separate stand-in, because hundreds of sample payments would slow down other tests."""
    started = start_stripe_standin(tmp_path_factory.mktemp("stripe"), webhook_url="")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def environment(
    environment: dict[str, str], standin: StripeStandin, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    accounts = tmp_path_factory.mktemp("accounts") / "accounts.json"
    accounts.write_text(
        json.dumps([{"role": who.role, "email": who.email, "password": who.password} for who in ACCOUNTS])
    )
    return environment | {
        "STRIPE_SECRET_KEY": standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": standin.webhook_secret,
        "STRIPE_API_BASE": standin.url,
        "SEED_ACCOUNTS_FILE": str(accounts),
    }


@pytest.fixture(scope="module")
def school(servers: ServerAddresses, environment: dict[str, str], standin: StripeStandin) -> Iterator[SeededSchool]:
    with own_database(servers) as name:
        variables = environment | {"DATABASE_URL": servers.app_url_for(name)}
        seeded = run_seed(variables)
        assert seeded.returncode == 0, seeded.stdout + seeded.stderr
        with psycopg.connect(servers.owner_url_for(name)) as db:
            not_refunded = "NOT EXISTS (SELECT FROM refunds WHERE payment_id = payments.id)"
            found = db.execute(f"SELECT min(provider_payment_id) FROM payments WHERE {not_refunded}").fetchone()
        assert found
        yield SeededSchool(name, servers.owner_url_for(name), variables, standin, found[0])


@pytest.fixture
async def db(school: SeededSchool) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(school.owner_url, autocommit=True) as connection:
        yield connection


async def value(db: psycopg.AsyncConnection[Any], sql: str) -> Any:
    row = await (await db.execute(sql)).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


async def test_the_school_has_enough_of_everything(db: psycopg.AsyncConnection[Any]) -> None:
    assert await value(db, "SELECT count(*) FROM courses WHERE status = 'published'") == 40
    assert await value(db, "SELECT count(DISTINCT category) FROM courses WHERE status = 'published'") == 8
    assert await value(db, "SELECT count(DISTINCT instructor_id) FROM courses") == 10
    assert await value(db, "SELECT count(*) FROM users WHERE role = 'student'") > 299
    assert await value(db, "SELECT count(DISTINCT currency) FROM orders") == 4
    assert await value(db, "SELECT count(*) FROM courses WHERE price_minor = 0 AND status = 'published'") == 4
    assert await value(db, "SELECT count(DISTINCT status) FROM courses") == 4
    assert await value(db, "SELECT count(*) FROM reviews WHERE comment IS NOT NULL") > 150
    assert await value(db, "SELECT count(*) FROM lesson_progress") > 500
    assert await value(db, "SELECT count(DISTINCT status) FROM refunds") == 1


async def test_payments_cover_the_last_ninety_days(db: psycopg.AsyncConnection[Any]) -> None:
    first, last, days = await value(
        db, "SELECT min(paid_at), max(paid_at), count(DISTINCT paid_at::date) FROM orders WHERE status = 'paid'"
    )
    now = datetime.now(UTC)
    assert timedelta(days=80) < now - first < timedelta(days=91)
    assert timedelta(0) < now - last < timedelta(days=2)
    assert days > 75


async def test_every_invariant_holds_on_the_fresh_school(db: psycopg.AsyncConnection[Any]) -> None:
    findings = await examine(db, now=datetime.now(UTC))
    assert {finding.invariant.code: finding.rows for finding in findings if finding.is_broken} == {}


async def test_only_the_printed_accounts_have_a_password_and_one_is_an_admin(db: psycopg.AsyncConnection[Any]) -> None:
    rows = await (await db.execute("SELECT role, email FROM users WHERE password_hash IS NOT NULL")).fetchall()
    assert sorted(rows) == sorted((account.role, account.email) for account in ACCOUNTS)
    assert await value(db, "SELECT count(*) FROM users WHERE role = 'admin'") == 1
    assert await value(db, "SELECT count(*) FROM users WHERE email NOT LIKE '%@example.com'") == 0


async def test_the_printed_accounts_have_courses(db: psycopg.AsyncConnection[Any]) -> None:
    taught = "FROM courses JOIN users ON users.id = instructor_id WHERE email = 'instructor@example.com'"
    assert await value(db, f"SELECT count(*) {taught} AND courses.status = 'published'") >= 3
    learned = "FROM enrollments JOIN users ON users.id = user_id WHERE email = 'student@example.com'"
    assert await value(db, f"SELECT count(*), count(completed_at) {learned}") == (3, 1)


async def test_no_email_is_sent_and_no_job_is_queued(db: psycopg.AsyncConnection[Any]) -> None:
    assert await value(db, "SELECT count(*) FROM email_deliveries WHERE state <> 'suppressed'") == 0
    assert await value(db, "SELECT count(*) FROM email_deliveries WHERE reason IS NULL") == 0
    assert await value(db, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert await value(db, "SELECT now() - reconciled_until < interval '1 hour' FROM provider_cursors")


async def test_stripe_has_every_sample_payment_under_the_same_id(
    db: psycopg.AsyncConnection[Any], school: SeededSchool
) -> None:
    cursor = await db.execute(
        """
        SELECT p.provider_payment_id, p.amount_received_minor, p.currency,
               coalesce((SELECT sum(amount_minor) FROM refunds WHERE payment_id = p.id), 0)::int FROM payments p
        """
    )
    ours = {row for row in await cursor.fetchall() if row[0] != school.refundable}
    theirs = {
        (intent["id"], intent["received"], intent["currency"], intent["refunded"])
        for intent in school.standin.ledger()["payment_intents"]
        if intent["id"] != school.refundable
    }
    assert ours == theirs
    assert len(ours) > 400
    assert sum(refunded > 0 for *_, refunded in ours) > 10


@pytest.mark.slow
async def test_nothing_was_missed_and_then_a_sample_payment_can_be_refunded(
    servers: ServerAddresses, school: SeededSchool
) -> None:
    """In this order: the refund is news at the stand-in, which copies of the database share."""
    await _check_that_the_reconciler_finds_nothing(servers, school)
    await _check_that_a_payment_can_be_refunded(servers, school)


async def _check_that_the_reconciler_finds_nothing(servers: ServerAddresses, school: SeededSchool) -> None:
    booked = "SELECT count(*), count(*) FILTER (WHERE source_type = 'payment_fee') FROM ledger_transactions"
    with own_database(servers, template=school.name) as name:
        settings = settings_for(school.environment | {"DATABASE_URL": servers.app_url_for(name)})
        async with await psycopg.AsyncConnection.connect(servers.owner_url_for(name), autocommit=True) as db:
            before = await value(db, booked)
            async with open_resources(settings) as resources, worker.open_queue(resources) as queue:
                for deep in (False, True):
                    missed = await fetch_missed_events(
                        resources.database, resources.payments, deadline=NEVER, deep=deep
                    )
                    assert missed == 0
                now = await resources.database.now()
                found = await compare_money(
                    resources.database, resources.payments, since=now - timedelta(days=100), until=now
                )
                await worker.run_due(queue)
            assert await value(db, booked) == before
            assert before[1] == found.checked == await value(db, "SELECT count(*) FROM payments")
            assert found.differences == []
            assert await value(db, "SELECT count(*) > 5 FROM provider_events WHERE state = 'ignored'")


async def test_every_course_on_sale_was_viewed_and_more_than_bought(db: psycopg.AsyncConnection[Any]) -> None:
    assert await value(db, "SELECT count(DISTINCT course_id), count(DISTINCT day) >= 90 FROM course_views") == (
        40,
        True,
    )
    assert await value(db, "SELECT count(*) FROM course_views WHERE views < viewers OR viewers < 1") == 0
    fewer = """
        SELECT count(*) FROM enrollments JOIN course_views USING (course_id)
        WHERE day = (enrolled_at AT TIME ZONE 'UTC')::date
        GROUP BY course_id, day HAVING count(*) > min(viewers)
    """
    assert await (await db.execute(fewer)).fetchall() == []


def test_a_second_seed_reports_that_it_changes_nothing(school: SeededSchool) -> None:
    second = run_seed(school.environment)
    assert second.returncode == 0
    assert "The database already has users; nothing was created." in second.stdout


async def _check_that_a_payment_can_be_refunded(servers: ServerAddresses, school: SeededSchool) -> None:
    with own_database(servers, template=school.name) as name:
        settings = settings_for(school.environment | {"DATABASE_URL": servers.app_url_for(name)})
        with psycopg.connect(servers.owner_url_for(name), autocommit=True) as db:
            row = db.execute(f"SELECT id FROM payments WHERE provider_payment_id = '{school.refundable}'").fetchone()
            assert row
        payment = await refund(settings, str(row[0]))
        with psycopg.connect(servers.owner_url_for(name), autocommit=True) as db:
            live = db.execute(
                f"""
                SELECT count(*) FROM access_grants JOIN order_lines ON order_lines.id = source_id
                JOIN payments USING (order_id) WHERE payments.id = '{row[0]}' AND revoked_at IS NULL
                """
            ).fetchone()
    assert payment["status"] == "refunded"
    assert live == (0,)


def settings_for(environment: dict[str, str]) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, setting in environment.items():
            patch.setenv(name, setting)
        return load_settings()


async def refund(settings: Settings, payment_id: str) -> dict[str, Any]:
    """Request the refund as the admin, run its job, and return the payment."""
    app = application.build(settings)
    admin = next(account for account in ACCOUNTS if account.role == "admin")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver/api/v1") as client,
        open_resources(settings) as resources,
        worker.open_queue(resources) as queue,
    ):
        session = await client.post("/users/login", json={"email": admin.email, "password": admin.password})
        client.headers["Authorization"] = f"Bearer {session.json()['data']['accessToken']}"
        key = {"Idempotency-Key": "a-sample-refund-0001"}
        requested = await client.post("/payments/refund", json={"paymentId": payment_id}, headers=key)
        assert requested.status_code == 202, requested.text
        await worker.run_due(queue)
        response = await client.get(f"/payments/{payment_id}")
    payment: dict[str, Any] = response.json()["data"]
    return payment


def test_an_empty_school_has_one_account_per_role(servers: ServerAddresses, environment: dict[str, str]) -> None:
    with own_database(servers) as name:
        seeded = run_seed(environment | {"DATABASE_URL": servers.app_url_for(name)}, "--empty")
        with psycopg.connect(servers.owner_url_for(name)) as db:
            people = db.execute("SELECT role, email, password_hash LIKE '$argon2id$%' FROM users").fetchall()
            courses = db.execute("SELECT count(*) FROM courses").fetchone()
    assert seeded.returncode == 0, seeded.stdout
    assert sorted(people) == sorted((account.role, account.email, True) for account in ACCOUNTS)
    assert courses == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ENVIRONMENT": "production", "ARGON2_MEMORY_KIB": ""}, "does not run with ENVIRONMENT=production"),
        ({"STRIPE_API_BASE": "https://api.stripe.com"}, "Sample payments need the Stripe stand-in"),
        ({"SEED_ACCOUNTS_FILE": ""}, "SEED_ACCOUNTS_FILE must name a JSON file"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "No Stripe stand-in responds at http://127.0.0.1:1"),
    ],
)
def test_a_seed_that_cannot_run_prints_why_and_leaves_the_database_empty(
    servers: ServerAddresses, environment: dict[str, str], change: dict[str, str], message: str
) -> None:
    with own_database(servers) as name:
        completed = run_seed(environment | {"DATABASE_URL": servers.app_url_for(name)} | change)
        with psycopg.connect(servers.owner_url_for(name)) as db:
            users = db.execute("SELECT count(*) FROM users").fetchone()
    assert completed.returncode == 1
    assert message in completed.stdout
    assert "Traceback" not in completed.stdout + completed.stderr
    assert users == (0,)


async def test_a_seed_that_fails_at_the_end_leaves_an_empty_database(
    servers: ServerAddresses, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_arguments: object) -> None:
        raise SandboxError("The Stripe stand-in did not import the sample payments")

    monkeypatch.setattr(command, "import_history", fail)
    monkeypatch.setattr(command, "fill_school", partial(command.fill_school, students=2))
    with own_database(servers) as name:
        variables = {"DATABASE_URL": servers.app_url_for(name), "FFMPEG_PATH": "/without-ffmpeg"}
        settings = settings_for(environment | variables)
        with pytest.raises(SandboxError):
            await command.seed_school(settings, ACCOUNTS, ProgressReporter(Console(quiet=True)))
        with psycopg.connect(servers.owner_url_for(name)) as db:
            assert db.execute("SELECT count(*) FROM users").fetchone() == (0,)
