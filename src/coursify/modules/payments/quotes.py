"""What a cart costs a buyer now, and what speaks against selling it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from coursify.core.currencies import CURRENCIES, explain_not_chargeable, format_amount
from coursify.core.errors import AppError
from coursify.core.money import Money
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import Course
from coursify.modules.enrollments.errors import AlreadyEnrolled, OwnCourse
from coursify.modules.payments.errors import AmountNotChargeable, AmountTooLarge, AmountTooSmall, CurrenciesMixed

# Why a cart is refused, the first of these that applies names the error.
REFUSALS: tuple[type[AppError], ...] = (
    CourseNotFound,
    OwnCourse,
    AlreadyEnrolled,
    CurrenciesMixed,
    AmountTooSmall,
    AmountTooLarge,
    AmountNotChargeable,
)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One course at its price now. `rule` says where the price comes from, `reason` why, where that needs saying."""

    course_id: UUID
    course_version: int
    title: str
    instructor_id: UUID
    list_minor: int
    discount_minor: int
    tax_minor: int
    rule: str
    reason: str | None

    @property
    def amount_minor(self) -> int:
        return self.list_minor - self.discount_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a line (`courseIds.0`) or the whole cart (`courseIds`) cannot be bought."""

    field: str
    error: type[AppError]
    message: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The lines that can be bought, in the order asked for, and what speaks against the rest."""

    lines: list[QuoteLine]
    currency: str
    conflicts: list[Conflict]

    @property
    def total(self) -> Money:
        return Money(sum(line.amount_minor for line in self.lines), self.currency)

    @property
    def list_minor(self) -> int:
        return sum(line.list_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines)

    def check(self) -> None:
        """Raise the gravest conflict, with every conflict in its details."""
        if not self.conflicts:
            return
        gravest = min(self.conflicts, key=lambda conflict: REFUSALS.index(conflict.error))
        raise gravest.error(
            details=[{"field": conflict.field, "message": conflict.message} for conflict in self.conflicts]
        )


def make_quote(
    fields: Mapping[UUID, str], found: list[Course], *, buyer_id: UUID, owned: set[UUID], default_currency: str
) -> Quote:
    """Price the cart. `fields` names each wanted course's field in the request, in the order asked for."""
    courses = {course.id: course for course in found}
    lines: list[QuoteLine] = []
    conflicts: list[Conflict] = []
    currency: str | None = None
    for course_id, field in fields.items():
        course = courses.get(course_id)
        refusal = _refusal(course, buyer_id, owned, currency)
        if course is None or course.price is None or refusal:
            error = refusal or CourseNotFound
            conflicts.append(Conflict(field, error, error.message))
            continue
        currency = course.currency
        lines.append(_line(course, course.price))
    quote = Quote(lines, currency or default_currency, conflicts)
    cart_field = next(iter(fields.values())).partition(".")[0]
    return Quote(lines, quote.currency, [*conflicts, *_check_total(quote.total, cart_field)])


def _refusal(course: Course | None, buyer_id: UUID, owned: set[UUID], currency: str | None) -> type[AppError] | None:
    if course is None or not course.is_on_sale or course.price is None:
        return CourseNotFound
    if course.instructor_id == buyer_id:
        return OwnCourse
    if course.id in owned:
        return AlreadyEnrolled
    if currency not in {None, course.currency}:
        return CurrenciesMixed
    # A line out of step could not be given back by itself, whatever the total is.
    return AmountNotChargeable if course.price.minor % CURRENCIES[course.currency].step_minor else None


def _line(course: Course, price: Money) -> QuoteLine:
    return QuoteLine(
        course_id=course.id,
        course_version=course.version,
        title=course.title,
        instructor_id=course.instructor_id,
        list_minor=price.minor,
        discount_minor=0,
        tax_minor=0,
        rule="list_price",
        reason=None,
    )


def _check_total(total: Money, field: str) -> list[Conflict]:
    """A total that the provider would not charge is refused before the provider is asked."""
    why = explain_not_chargeable(total.minor, total.currency)
    if why is None:
        return []
    limits = CURRENCIES[total.currency]
    # A sum of lines in step is in step.
    error = AmountTooSmall if total.minor < limits.minimum_minor else AmountTooLarge
    return [Conflict(field, error, f"The total is {format_amount(total.minor, total.currency)}; it {why}.")]
