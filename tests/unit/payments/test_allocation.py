"""Which lines the money belongs to that went back of a payment."""

from __future__ import annotations

from typing import Literal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as some

from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.refunds import Return
from coursify.modules.payments.pricing import allocate_returns, spread_refund

Status = Literal["requested", "pending", "succeeded", "failed", "open", "won", "lost"]


def line(paid: int) -> OrderLine:
    return OrderLine(
        id=uuid4(), order_id=uuid4(), course_id=uuid4(), slug="a", title="A", image_path=None, instructor_id=uuid4(),
        instructor_share_bp=7000, unit_amount_minor=paid, discount_minor=0, amount_minor=paid, paid_minor=paid,
        refunded_minor=0, pending_minor=0, requested_minor=0, disputed_minor=0,
    )  # fmt: skip


def back(status: Status, amount: int, asked: dict[OrderLine, int] | None = None, currency: str = "usd") -> Return:
    """A refund of ours when lines are asked, of the provider otherwise."""
    asked = asked or {}
    return Return(
        source_type="dispute" if status in {"open", "won", "lost"} else "refund", source_id=uuid4(), status=status,
        amount_minor=amount, currency=currency, is_paid_otherwise=False,
        asked_lines=[one.id for one in asked], asked_amounts=list(asked.values()),
    )  # fmt: skip


def parts_of(lines: list[OrderLine], *returns: Return) -> list[list[int]]:
    """What each return takes of each line."""
    allocated = allocate_returns(lines, list(returns), "usd")
    return [[allocated.get(each.source_id, {}).get(one.id, 0) for one in lines] for each in returns]


one, two = line(5000), line(5000)


def test_a_refund_of_ours_takes_from_the_line_that_it_was_asked_for() -> None:
    assert parts_of([one, two], back("succeeded", 5000, {two: 5000})) == [[0, 5000]]


def test_what_the_provider_returns_is_spread_over_what_the_lines_hold() -> None:
    assert parts_of([one, two], back("succeeded", 2000, {one: 2000}), back("succeeded", 4000)) == [
        [2000, 0],
        [1500, 2500],
    ]


def test_what_an_earlier_refund_under_way_was_asked_for_is_taken_last() -> None:
    for status in ("requested", "pending"):
        assert parts_of([one, two], back(status, 5000, {one: 5000}), back("lost", 6000))[1] == [1000, 5000]
    assert parts_of([one, two], back("failed", 5000, {one: 5000}), back("lost", 6000))[1] == [3000, 3000]


def test_a_refund_that_is_asked_for_later_moves_nothing() -> None:
    assert parts_of([one, two], back("succeeded", 4000), back("succeeded", 3000, {one: 3000})) == [
        [2000, 2000],
        [3000, 0],
    ]


def test_a_refund_that_succeeds_after_all_takes_its_line_and_the_others_move() -> None:
    """One refund failed, was tried again, and then both paid: the second takes the other line."""
    assert parts_of([one, two], back("succeeded", 5000, {one: 5000}), back("succeeded", 5000, {one: 5000})) == [
        [5000, 0],
        [0, 5000],
    ]


def test_a_pending_refund_gets_what_is_left() -> None:
    assert parts_of([one, two], back("pending", 5000, {one: 5000}), back("lost", 7000)) == [[3000, 0], [2000, 5000]]


def test_more_than_the_lines_hold_and_another_currency_are_left_without_a_line() -> None:
    assert parts_of([line(3000), line(1000)], back("succeeded", 9000)) == [[3000, 1000]]
    assert parts_of([one, two], back("succeeded", 100, currency="eur")) == [[0, 0]]


def test_what_failed_was_won_or_is_still_open_takes_nothing() -> None:
    for status in ("requested", "failed", "open", "won"):
        assert parts_of([one, two], back(status, 100)) == [[0, 0]]


STATUSES: list[Status] = ["requested", "pending", "succeeded", "failed", "lost", "won"]
facts = some.tuples(some.sampled_from(STATUSES), some.integers(1, 99), some.integers(0, 2))


@given(paid=some.lists(some.integers(0, 80), min_size=1, max_size=3), told=some.lists(facts, max_size=5))
def test_no_line_gives_back_more_than_was_paid_and_no_return_takes_more_than_it_is(
    paid: list[int], told: list[tuple[Status, int, int]]
) -> None:
    lines = [line(amount) for amount in paid]
    returns = []
    for status, amount, choice in told:
        chosen = lines[choice] if choice < len(lines) and status not in {"lost", "won"} else None
        asked = {chosen: min(amount, chosen.paid_minor)} if chosen else {}
        returns.append(back(status, amount, asked))
    allocated = allocate_returns(lines, returns, "usd")
    for number, one in enumerate(lines):
        assert sum(parts.get(one.id, 0) for parts in allocated.values()) <= paid[number]
    for each in returns:
        assert sum(allocated.get(each.source_id, {}).values()) <= each.amount_minor
    gone = sum(each.amount_minor for each in returns if each.is_final)
    taken = sum(sum(allocated[each.source_id].values()) for each in returns if each.is_final)
    assert taken == min(gone, sum(paid))


@given(
    units=some.lists(some.integers(min_value=1, max_value=99), min_size=1, max_size=5),
    share=some.integers(min_value=1, max_value=100),
    code=some.sampled_from(["usd", "kwd", "mga"]),
)
def test_a_refund_of_ours_is_spread_in_steps_of_the_currency(units: list[int], share: int, code: str) -> None:
    step = {"usd": 1, "kwd": 10, "mga": 100}[code]
    lines = [line(unit * step) for unit in units]
    amount = max(1, sum(units) * share // 100) * step
    parts = spread_refund(lines, amount, code)
    assert sum(part.amount_minor for part in parts) == amount
    assert all(part.amount_minor % step == 0 for part in parts)
