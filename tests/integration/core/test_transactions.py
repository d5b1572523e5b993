"""Transactions of several stages, and those whose COMMIT does not wait for the disk."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.support.classroom import Classroom

from coursify.core import audit
from coursify.core.clock import Clock
from coursify.core.database import Connection, Database, LazyTransaction, fetch_value, open_database
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


async def noted(classroom: Classroom) -> list[str]:
    """What is committed."""
    return [action for (action,) in await classroom.rows("SELECT action FROM audit_log ORDER BY id")]


async def work(transaction: LazyTransaction, action: str, *, stays_open: bool = False) -> None:
    async with transaction.stage() as (db, _now):
        await audit.record(db, actor_id=None, action=action, target_type="user", target_id=uuid4())
        transaction.stays_open = stays_open


async def test_a_stage_is_committed_at_its_end(database: Database, classroom: Classroom) -> None:
    transaction = LazyTransaction(database)
    await work(transaction, "first.stage")
    assert not transaction.is_begun
    assert await noted(classroom) == ["first.stage"]


async def test_a_stage_that_stays_open_is_committed_or_lost_with_what_follows(
    database: Database, classroom: Classroom
) -> None:
    for end in ("commit", "rollback"):
        transaction = LazyTransaction(database)
        await work(transaction, end, stays_open=True)
        assert transaction.is_begun
        assert end not in await noted(classroom)
        await getattr(transaction, end)()
    assert await noted(classroom) == ["commit"]


async def test_a_stage_that_raises_is_rolled_back(database: Database, classroom: Classroom) -> None:
    async def fail(db: Connection) -> None:
        await audit.record(db, actor_id=None, action="bad.stage", target_type="user", target_id=uuid4())
        raise ZeroDivisionError

    transaction = LazyTransaction(database)
    with pytest.raises(ZeroDivisionError):
        async with transaction.stage() as (db, _now):
            await fail(db)
    assert not transaction.is_begun
    assert await noted(classroom) == []


async def test_only_the_transaction_that_says_so_does_not_wait_for_the_disk(
    classroom: Classroom, settings: Settings, database_name: str
) -> None:
    shown = []
    await classroom.db.execute(f"ALTER DATABASE {database_name} SET synchronous_commit = on")
    try:
        async with open_database(settings.database, Clock()) as fresh:
            for is_awaited in (True, False, True):
                async with fresh.transaction(is_awaited=is_awaited) as (db, _now):
                    shown.append(await fetch_value(db, str, "SHOW synchronous_commit"))
    finally:
        await classroom.db.execute(f"ALTER DATABASE {database_name} RESET synchronous_commit")
    assert shown == ["on", "off", "on"]
