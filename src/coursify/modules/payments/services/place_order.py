"""What someone wants to buy becomes an order, frozen at the prices of this moment; or the one that stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.currencies import CURRENCIES
from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.modules.courses import queries as courses
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import Course
from coursify.modules.enrollments import queries as enrollments
from coursify.modules.enrollments.errors import AlreadyEnrolled, OwnCourse
from coursify.modules.payments.errors import AmountNotChargeable, AmountTooSmall, CurrenciesMixed
from coursify.modules.payments.models import NewLine, Order
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.fulfil_order import fulfil_order


@dataclass(frozen=True, slots=True)
class Placed:
    """The order to pay now; `in_the_way` must be canceled at the provider before there can be one."""

    order: Order | None
    in_the_way: list[Order]
    is_new: bool


async def place_order(
    db: Connection,
    *,
    user_id: UUID,
    course_ids: list[UUID],
    instructor_share_bp: int,
    minimum_charge: Callable[[str], int],
    now: datetime,
) -> Placed:
    """Raises CourseNotFound, OwnCourse, AlreadyEnrolled, CurrenciesMixed, AmountTooSmall, AmountNotChargeable."""
    await orders.lock_buyer(db, user_id)
    lines = _freeze(await _find_buyable(db, user_id, sorted(set(course_ids)), now), instructor_share_bp)
    total = _add_up(lines, minimum_charge)
    open_orders = await orders.list_open_orders(db, user_id=user_id, course_ids=[line.course_id for line, _ in lines])
    if open_orders:
        same = len(open_orders) == 1 and await _is_same(db, open_orders[0], lines, total)
        return Placed(open_orders[0], [], is_new=False) if same else Placed(None, open_orders, is_new=False)
    order = await orders.insert_order(db, user_id=user_id, currency=total.currency, total_minor=total.minor, now=now)
    await orders.insert_lines(db, order_id=order.id, user_id=user_id, lines=[line for line, _ in lines])
    await payments.insert_payment(
        db, order_id=order.id, user_id=user_id, amount_minor=total.minor, currency=total.currency, now=now
    )
    if total.minor == 0:
        order = await fulfil_order(db, order_id=order.id, received=total, now=now)
    return Placed(order, [], is_new=True)


async def _find_buyable(db: Connection, user_id: UUID, course_ids: list[UUID], now: datetime) -> list[Course]:
    found = await courses.list_courses_for_order(db, course_ids)
    if len(found) < len(course_ids) or not all(course.is_published for course in found):
        raise CourseNotFound
    if any(course.instructor_id == user_id for course in found):
        raise OwnCourse
    if await enrollments.list_open_course_ids(db, user_id=user_id, course_ids=course_ids, now=now):
        raise AlreadyEnrolled
    return found


def _freeze(found: list[Course], instructor_share_bp: int) -> list[tuple[NewLine, Money]]:
    lines = []
    for course in found:
        if course.price is None:
            raise CourseNotFound
        line = NewLine(
            course_id=course.id,
            course_version=course.version,
            title=course.title,
            instructor_id=course.instructor_id,
            instructor_share_bp=instructor_share_bp,
            unit_amount_minor=course.price.minor,
        )
        lines.append((line, course.price))
    return lines


def _add_up(lines: list[tuple[NewLine, Money]], minimum_charge: Callable[[str], int]) -> Money:
    currencies = {price.currency for _, price in lines}
    if len(currencies) > 1:
        raise CurrenciesMixed
    total = sum((price for _, price in lines), Money(0, currencies.pop()))
    if 0 < total.minor < minimum_charge(total.currency):
        raise AmountTooSmall
    if total.minor % CURRENCIES[total.currency].step_minor:
        raise AmountNotChargeable
    return total


async def _is_same(db: Connection, order: Order, lines: list[tuple[NewLine, Money]], total: Money) -> bool:
    """The same courses at the same prices: the buyer asks again for what they were asked to pay."""
    standing = {line.course_id: line.amount_minor for line in await orders.list_order_lines(db, order.id)}
    wanted = {line.course_id: line.unit_amount_minor for line, _ in lines}
    return standing == wanted and order.total == total
