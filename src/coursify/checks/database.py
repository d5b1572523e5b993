"""PostgreSQL: version, settings, role, clock and schema."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from coursify.checks.models import Finding, Installation, failure, ok, warning
from coursify.core.applied_schema import USABLE, explain, find_schema_state
from coursify.core.clock import Clock
from coursify.core.database import Connection, open_database
from coursify.core.database_errors import OLDEST_POSTGRESQL, explain_postgresql
from coursify.core.errors import Unavailable
from coursify.core.queries import system
from coursify.core.queries.system import ServerFacts

CHECK, SCHEMA, CLOCK = "postgresql", "schema", "clock"
# Tokens and limits compare the two clocks.
MOST_CLOCK_SECONDS = 5.0
# Two pools of a process, the listener of sessions, and what a worker opens.
_OTHER_CONNECTIONS = 8


async def check_database(installation: Installation) -> list[Finding]:
    settings = installation.settings.database
    url = settings.database_url.get_secret_value()
    try:
        # Its own error says why; that of a pool does not.
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=5):
            pass
        async with open_database(settings, Clock()) as database, database.read() as db:
            facts = await system.describe_server(db, client_time=datetime.now(UTC))
            connections = settings.database_pool_size + settings.database_read_pool_size + _OTHER_CONNECTIONS
            return [*judge_server(facts, connections), await _check_schema(db, installation.schema_head)]
    except (psycopg.Error, OSError, Unavailable) as error:
        return [failure(CHECK, explain_postgresql(error), "Correct DATABASE_URL, or the server that it names.")]


def judge_server(facts: ServerFacts, connections: int) -> list[Finding]:
    """`connections`: how many a process of the API may open."""
    major, minor = divmod(facts.version, 10_000)
    if major < OLDEST_POSTGRESQL:
        sentence = f"PostgreSQL is {major}.{minor}; {OLDEST_POSTGRESQL} or newer is needed."
        return [failure(CHECK, sentence, f"Upgrade the server to PostgreSQL {OLDEST_POSTGRESQL}.")]
    found = [*_judge_settings(facts), *_judge_access(facts, connections)]
    return [*(found or [ok(CHECK, f"PostgreSQL {major}.{minor} is set up well.")]), _judge_clock(facts.clock_seconds)]


def _judge_settings(facts: ServerFacts) -> list[Finding]:
    found = []
    if facts.encoding != "UTF8":
        found.append(failure(CHECK, f"The database is encoded in {facts.encoding}.", "Create it with ENCODING 'UTF8'."))
    for name, value in (("fsync", facts.fsync), ("full_page_writes", facts.full_page_writes)):
        if value != "on":
            found.append(failure(CHECK, f"{name} is {value}: a crash may destroy the database.", f"Set {name} = on."))
    if facts.synchronous_commit == "off":
        found.append(
            failure(
                CHECK,
                "synchronous_commit is off: a crash may lose payments that were acknowledged.",
                "Set synchronous_commit = on.",
            )
        )
    if facts.log_error_verbosity != "terse":
        found.append(
            warning(
                CHECK,
                "log_error_verbosity is not terse: the log of PostgreSQL may quote personal data of rows.",
                "ALTER SYSTEM SET log_error_verbosity = 'terse'; SELECT pg_reload_conf();",
            )
        )
    return found


def _judge_access(facts: ServerFacts, connections: int) -> list[Finding]:
    found = []
    if facts.is_superuser or facts.owns_tables:
        found.append(
            warning(
                CHECK,
                "The role of DATABASE_URL is a superuser or owns the tables: it may change what is append-only.",
                "Use a role of its own, and name the owner in DATABASE_OWNER_URL (docs/operations/install.md).",
            )
        )
    if not facts.is_encrypted and not facts.is_local:
        found.append(
            warning(
                CHECK,
                "The connection to another machine is not encrypted.",
                "Add ?sslmode=verify-full&sslrootcert=… to DATABASE_URL.",
            )
        )
    if facts.max_connections < 2 * connections:
        found.append(
            warning(
                CHECK,
                f"max_connections is {facts.max_connections}; each process of the API needs up to {connections}.",
                "Raise max_connections, or lower DATABASE_POOL_SIZE and DATABASE_READ_POOL_SIZE.",
            )
        )
    return found


def _judge_clock(seconds: float) -> Finding:
    if abs(seconds) > MOST_CLOCK_SECONDS:
        sentence = f"The clock of PostgreSQL and that of this machine differ by {abs(seconds):.0f} s."
        return failure(CLOCK, sentence, "Run a time service such as chrony or systemd-timesyncd on both machines.")
    return ok(CLOCK, f"The clock of PostgreSQL is within {MOST_CLOCK_SECONDS:.0f} s of this machine's.")


async def _check_schema(db: Connection, head: str) -> Finding:
    state = await find_schema_state(db, head=head)
    if state in USABLE:
        return ok(SCHEMA, f"The schema serves this version, whose newest revision is {head}.")
    fix = "Run `coursify migrate`." if state == "behind" else "Install the version that migrated the database."
    return failure(SCHEMA, explain(state, head=head), fix)
