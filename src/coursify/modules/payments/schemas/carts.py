"""A cart and what it costs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from coursify.core.schema import EITHER, Input, Output
from coursify.modules.payments.quotes import Quote

CourseIds = Annotated[list[UUID], Field(min_length=1, max_length=50)]


class QuoteIn(Input):
    """The courses of a cart; prices are ours to know."""

    course_ids: CourseIds

    def fields(self) -> dict[UUID, str]:
        return _fields(self.course_ids)


class CheckoutIn(Input):
    """One course or several; prices are ours to know."""

    model_config = ConfigDict(
        json_schema_extra={EITHER: {"CheckoutOfCourse": ["courseId"], "CheckoutOfCourses": ["courseIds"]}}
    )

    course_id: UUID | None = None
    course_ids: CourseIds | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CheckoutIn:
        if (self.course_id is None) == (self.course_ids is None):
            raise ValueError("give either courseId or courseIds")
        return self

    def fields(self) -> dict[UUID, str]:
        """Each wanted course, with the field that names it: refusals point there."""
        if self.course_id is not None:
            return {self.course_id: "courseId"}
        return _fields(self.course_ids or [])


def _fields(course_ids: list[UUID]) -> dict[UUID, str]:
    """A course that is named twice is one line, named where it came first."""
    fields: dict[UUID, str] = {}
    for number, course_id in enumerate(course_ids):
        fields.setdefault(course_id, f"courseIds.{number}")
    return fields


class EnrollIn(Input):
    course_id: UUID


class QuoteLineOut(Output):
    course_id: UUID
    list_amount: int
    discount: int
    amount: int


class QuoteConflict(Output):
    """Why a line (`courseIds.0`) or the whole cart (`courseIds`) cannot be bought."""

    field: str
    code: str
    message: str


class QuoteOut(Output):
    """What the courses cost this buyer now; `lines` holds those that can be bought."""

    lines: list[QuoteLineOut]
    amount: int
    currency: str
    conflicts: list[QuoteConflict]

    @classmethod
    def of(cls, quote: Quote) -> QuoteOut:
        return cls(
            lines=[
                QuoteLineOut(
                    course_id=line.course_id,
                    list_amount=line.list_minor,
                    discount=line.discount_minor,
                    amount=line.amount_minor,
                )
                for line in quote.lines
            ],
            amount=quote.total.minor,
            currency=quote.currency,
            conflicts=[
                QuoteConflict(field=conflict.field, code=conflict.error.code, message=conflict.message)
                for conflict in quote.conflicts
            ],
        )
