"""Every invariant holds in a school that was made through the services, and sees what breaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest
from tests.integration.invariants.violations import VIOLATIONS
from tests.support.school import fill_small_school, own_database
from tests.support.servers import ServerAddresses

from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.invariants.catalog import INVARIANTS
from coursify.invariants.examine import examine

pytestmark = pytest.mark.anyio
STUDENTS = 60


@pytest.fixture(scope="module")
async def school(servers: ServerAddresses, settings: Settings, anyio_backend: str) -> AsyncIterator[Connection]:
    """The owner's connection to a small school; tests take back what they do to it."""
    with own_database(servers) as name:
        url = servers.owner_url_for(name)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            async with connection.transaction():
                await fill_small_school(connection, settings, students=STUDENTS, now=datetime.now(UTC))
            yield connection


async def test_a_fresh_school_breaks_no_invariant(school: Connection) -> None:
    findings = await examine(school, now=datetime.now(UTC))
    assert {finding.invariant.code: finding.rows for finding in findings if finding.is_broken} == {}


@pytest.mark.parametrize(
    ("code", "statements"),
    [pytest.param(code, statements, id=f"{code} {what}") for code, what, statements in VIOLATIONS],
)
async def test_an_invariant_finds_what_breaks_it(school: Connection, code: str, statements: list[str]) -> None:
    invariant = next(invariant for invariant in INVARIANTS if invariant.code == code)
    now = datetime.now(UTC)
    assert await invariant.find(school, now=now) == []
    async with school.transaction(force_rollback=True):
        await school.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor = await school.execute(statement)
            assert cursor.statusmessage
            assert not cursor.statusmessage.endswith(" 0"), f"touched nothing: {statement}"
        assert await invariant.find(school, now=now)
    assert await invariant.find(school, now=now) == []


def test_every_invariant_is_a_sentence_with_a_violation() -> None:
    codes = [invariant.code for invariant in INVARIANTS]
    assert len(codes) == len(set(codes))
    assert set(codes) == {code for code, _, _ in VIOLATIONS}
    assert all(invariant.sentence.endswith(".") and "\n" not in invariant.sentence for invariant in INVARIANTS)
