"""The base classes and field types of all schemas: camelCase on the wire, unknown fields rejected, clean text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from coursify.core.currencies import LARGEST_MINOR
from coursify.core.text import check_not_blank, clean_line, clean_prose

Data = TypeVar("Data")
Value = TypeVar("Value")


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII):
        raise ValueError("must be a whole number")
    return value


def _midnight(value: Any) -> Any:
    """A date is its midnight in UTC; a number is rejected."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        return f"{value}T00:00:00Z"
    if not isinstance(value, str) or "T" not in value:
        raise ValueError("must be a date, or a date and time with its offset")
    return value


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Line = Annotated[str, AfterValidator(clean_line)]
Prose = Annotated[str, AfterValidator(clean_prose)]
FilledProse = Annotated[Prose, AfterValidator(check_not_blank)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
QueryWhole = Annotated[int, BeforeValidator(_digits)]
# The limits come before the validator: after it, pydantic writes them as `ge` and `le` into the JSON schema.
QueryAmountMinor = Annotated[int, Field(ge=0, le=LARGEST_MINOR), BeforeValidator(_digits)]
QueryNumber = Annotated[int, Field(ge=1, le=10_000), BeforeValidator(_digits)]
QueryMoment = Annotated[AwareDatetime, BeforeValidator(_midnight)]
Moment = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
AmountMinor = Annotated[
    int, Strict(), Field(ge=0, le=LARGEST_MINOR, description="in the currency's smallest unit", examples=[4990])
]
# A field of a response that is absent, not null, where there is nothing to say.
MayBeAbsent = Annotated[
    Value | SkipJsonSchema[None], Field(default_factory=lambda: None, exclude_if=lambda value: value is None)
]
# A field of a PUT that may be absent and is never null. `model_dump(exclude_unset=True)` leaves an absent one out.
Omittable = Annotated[Value, Field(default_factory=lambda: None)]
# Under this key a body that is either of two things names its forms and their fields; the first field is required.
# The OpenAPI document has `oneOf` the forms.
EITHER = "x-either"


class Input(BaseModel):
    """A body or query: unknown fields are rejected; an absent field differs from null (`model_fields_set`)."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, extra="forbid", frozen=True
    )


class Output(BaseModel):
    """A part of a response: built by field name in Python, written in camelCase.

    Its serializer is built when it is first used, so that a start does not wait for all of them.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=False,
        validate_by_name=True,
        serialize_by_alias=True,
        from_attributes=True,
        frozen=True,
        defer_build=True,
    )


class Envelope(BaseModel, Generic[Data]):
    """Every success: the data and a message."""

    # Only the document has them: nothing is built for requests.
    model_config = ConfigDict(defer_build=True)

    list_suffix: ClassVar[str] = "List"

    success: Literal[True]
    data: Data
    message: str

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`CheckoutResponse` for CheckoutOut, `LessonDetailList` for a list, `EmptyResponse` for no data."""
        if params[0] is None or params[0] is type(None):
            return "EmptyResponse"
        items = get_args(params[0])
        name = (items[0] if items else params[0]).__name__
        return f"{name.removesuffix('Out')}{cls.list_suffix if items else 'Response'}"


class Meta(Output):
    """The position of a page in its list. `total` is exact unless `totalIsExact` is false: then it is 10000 or more."""

    page: int | None
    limit: int
    total: int
    total_pages: int
    total_is_exact: bool
    next_cursor: str | None


class PageEnvelope(Envelope[Data], Generic[Data]):
    """One page of a list, and its position in it."""

    list_suffix: ClassVar[str] = "Page"

    meta: Meta


class ErrorDetail(BaseModel):
    field: str
    message: str


class StreamDetail(BaseModel):
    """A device that plays, with `too_many_streams`."""

    id: str
    device: str
    startedAt: str = Field(json_schema_extra={"format": "date-time"})  # noqa: N815  # as `requestId`


class ErrorBody(BaseModel):
    code: str
    details: list[ErrorDetail | StreamDetail]
    requestId: str  # noqa: N815  # the name on the wire; this model is for the documentation only
    challenge: str | None = Field(
        default=None, description="with `second_factor_required`: to be sent back with the code, within five minutes"
    )
    price: int | None = Field(default=None, description="with `payment_required`: in the currency's smallest unit")
    currency: str | None = Field(default=None, description="with `payment_required`: ISO 4217, lower case")


class Failure(BaseModel):
    """Every failure of every route has this shape."""

    success: Literal[False]
    data: None
    message: str
    error: ErrorBody
