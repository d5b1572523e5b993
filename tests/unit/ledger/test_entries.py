"""Whatever moves, its entries sum to zero, and the parts of a return sum exactly to the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as some

from coursify.core.money import share
from coursify.modules.ledger.models import (
    Part,
    entries_for_fee,
    entries_for_return,
    entries_for_sale,
    entries_for_suspense,
    share_returned,
)

NOW = datetime(2026, 11, 26, tzinfo=UTC)
shares = some.integers(min_value=0, max_value=10_000)


def part(amount: int, basis_points: int) -> Part:
    return Part(uuid4(), uuid4(), basis_points, amount, "usd")


@given(amount=some.integers(min_value=1, max_value=99_999_999), basis_points=shares)
def test_entries_sum_to_zero_and_none_is_empty(amount: int, basis_points: int) -> None:
    line = part(amount, basis_points)
    for entries in (
        entries_for_sale([line], available_at=NOW),
        entries_for_return([line], now=NOW),
        entries_for_suspense(amount, "usd"),
        entries_for_fee(amount, "usd"),
    ):
        assert sum(entry.amount_minor for entry in entries) == 0
        assert all(entry.amount_minor for entry in entries)


@given(parts=some.lists(some.integers(min_value=1, max_value=999), min_size=1, max_size=100), basis_points=shares)
def test_however_a_line_is_given_back_in_parts_nothing_is_left_with_anyone(parts: list[int], basis_points: int) -> None:
    line = part(sum(parts), basis_points)
    returned = returned_share = 0
    for amount in parts:
        now = replace(line, amount_minor=amount, returned_minor=returned)
        assert 0 <= share_returned(now) <= amount
        returned, returned_share = returned + amount, returned_share + share_returned(now)
    assert returned_share == share(line.amount_minor, basis_points)
