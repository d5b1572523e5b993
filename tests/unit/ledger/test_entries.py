"""Whatever moves, its entries sum to zero, and the instructor gets the share that was frozen."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as some

from coursify.modules.ledger.models import DIRECTION, Part, entries_for


@given(
    amount=some.integers(min_value=1, max_value=99_999_999),
    share=some.integers(min_value=0, max_value=10_000),
    source=some.sampled_from(sorted(DIRECTION)),
)
def test_entries_sum_to_zero_and_a_reversal_takes_back_what_was_given(amount: int, share: int, source: str) -> None:
    part = Part(uuid4(), uuid4(), share, amount, "usd")
    direction = DIRECTION[source]  # type: ignore[index]  # sampled from its own keys
    booked = entries_for(part, direction)
    assert sum(entry.amount_minor for entry in booked) == 0
    assert all(entry.amount_minor for entry in booked)
    back = entries_for(part, -direction)
    assert {(entry.account, -entry.amount_minor) for entry in booked} == {
        (entry.account, entry.amount_minor) for entry in back
    }
