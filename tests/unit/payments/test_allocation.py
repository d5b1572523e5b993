"""Which lines an amount that the provider took back belongs to."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as some

from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.pricing import allocate_return, spread_refund


def line(paid: int, *, refunded: int = 0, pending: int = 0, requested: int = 0, disputed: int = 0) -> OrderLine:
    return OrderLine(
        id=uuid4(), order_id=uuid4(), course_id=uuid4(), slug="a", title="A", image_url=None, instructor_id=uuid4(),
        instructor_share_bp=7000, unit_amount_minor=paid, discount_minor=0, amount_minor=paid, paid_minor=paid,
        refunded_minor=refunded, pending_minor=pending, requested_minor=requested, disputed_minor=disputed,
    )  # fmt: skip


def parts_of(lines: list[OrderLine], amount: int, currency: str = "usd") -> list[int]:
    found: dict[UUID, int] = {
        part.order_line_id: part.amount_minor for part in allocate_return(lines, amount, currency)
    }
    return [found.get(one.id, 0) for one in lines]


def test_what_nobody_else_claims_is_taken_first() -> None:
    assert parts_of([line(5000, requested=5000), line(5000)], 5000) == [0, 5000]
    assert parts_of([line(5000, pending=5000), line(5000)], 5000) == [0, 5000]


def test_a_request_of_ours_gives_way_before_a_refund_that_is_under_way() -> None:
    assert parts_of([line(5000, pending=5000), line(5000, requested=5000)], 6000) == [1000, 5000]


def test_more_than_the_lines_hold_is_left_without_a_line() -> None:
    assert parts_of([line(5000, refunded=2000), line(1000)], 9000) == [3000, 1000]


def test_what_was_taken_back_already_is_not_taken_again() -> None:
    assert parts_of([line(5000, refunded=5000), line(5000, disputed=5000)], 100) == [0, 0]


facts = some.tuples(*[some.integers(min_value=0, max_value=40)] * 5)


@given(lines=some.lists(facts, min_size=1, max_size=5), amount=some.integers(min_value=1, max_value=400))
def test_parts_are_never_more_than_the_amount_or_what_a_line_holds(
    lines: list[tuple[int, int, int, int, int]], amount: int
) -> None:
    made = [line(sum(fact), refunded=fact[0], pending=fact[1], requested=fact[2], disputed=fact[3]) for fact in lines]
    held = [one.unreturned_minor + one.pending_minor for one in made]
    parts = parts_of(made, amount)
    assert sum(parts) == min(amount, sum(held))
    assert all(0 <= part <= most for part, most in zip(parts, held, strict=True))


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
