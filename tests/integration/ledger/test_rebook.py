"""The booking of a fact follows the fact, with no statement more than that takes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from coursify.core.counted import STATEMENTS, Statements
from coursify.core.database import Connection, Database
from coursify.core.money import Money
from coursify.modules.ledger.services.book_fee import book_fee

pytestmark = pytest.mark.anyio


async def test_a_fee_is_booked_once_replaced_by_another_one_and_taken_back(database: Database, db: Connection) -> None:
    source, booked = uuid4(), []
    for minor in (172, 172, 180, 0):
        token = STATEMENTS.set(statements := Statements())
        try:
            async with database.transaction() as (inside, now):
                is_new = await book_fee(
                    inside, source_type="payment_fee", source_id=source, fee=Money(minor, "usd"), now=now
                )
        finally:
            STATEMENTS.reset(token)
        booked.append((is_new, statements.count))
    # One look-up and one booking; the same fee needs two look-ups; a booking is reversed by three statements.
    assert booked == [(True, 2), (False, 2), (True, 6), (True, 5)]
    cursor = await db.execute(
        """
        SELECT amount_minor, reverses_id IS NOT NULL FROM ledger_transactions AS booked
        JOIN ledger_entries ON transaction_id = booked.id WHERE account = 'provider_fees' ORDER BY sequence
        """
    )
    assert await cursor.fetchall() == [(172, False), (-172, True), (180, False), (-180, True)]
