"""What a client asks of the catalogue: filters, order and page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from coursify.core.pagination import PageQuery
from coursify.core.schema import Input, Prose, QueryAmountMinor, QueryMoment
from coursify.modules.courses.models import Level, OrderName
from coursify.modules.courses.models.facets import FacetName
from coursify.modules.courses.schemas.incoming import Currency, Language, Slug
from coursify.modules.courses.schemas.reader import Expandable

MAX_VALUES: Final = 100
HOUR: Final = 3_600
# From how many hours to below how many.
DURATIONS: Final[dict[str, tuple[int, int | None]]] = {"short": (0, 3), "medium": (3, 10), "long": (10, None)}
OWN_FILTERS: Final[dict[FacetName, tuple[str, ...]]] = {
    "category": ("category",),
    "level": ("level",),
    "language": ("language",),
    "price": ("min_price", "max_price", "free"),
    "rating": ("min_rating",),
}
_HOURS = re.compile(r"([0-9]{1,4})-([0-9]{1,4})?", re.ASCII)


def _split(value: Any) -> list[str]:
    """`a,b` as a list without what is empty or given twice."""
    texts = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(part.strip() for text in texts for part in str(text).split(",") if part.strip()))


def _plain_number(value: Any) -> Any:
    if isinstance(value, str) and not value.replace(".", "", 1).isdecimal():
        raise ValueError("must be a number from 0 to 5")
    return value


def _hours(text: str) -> tuple[int, int | None]:
    if text in DURATIONS:
        return DURATIONS[text]
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError("must be short, medium, long, or hours such as 2-5 or 10-")
    return int(found[1]), int(found[2]) if found[2] else None


def _listed(description: str, *examples: str) -> list[Any]:
    schema = {"type": "string", "maxLength": 4_000, "description": description, "examples": list(examples)}
    return [Field(max_length=MAX_VALUES), BeforeValidator(_split), WithJsonSchema(schema)]


Duration = Annotated[tuple[int, int | None], BeforeValidator(_hours)]
Categories = Annotated[tuple[Slug, ...], *_listed("slugs of categories, separated by commas", "data,design")]
Levels = Annotated[
    tuple[Level, ...], *_listed("beginner, intermediate, advanced or all, separated by commas", "beginner")
]
Languages = Annotated[tuple[Language, ...], *_listed("language tags, separated by commas", "en,pt-BR")]
Ids = Annotated[tuple[UUID, ...], *_listed("ids, separated by commas")]
Durations = Annotated[
    tuple[Duration, ...],
    *_listed("short (below 3 hours), medium, long (from 10 hours), or hours; separated by commas", "short,3-6,10-"),
]
MinRating = Annotated[
    Decimal,
    Field(ge=0, le=5, max_digits=3, decimal_places=2),
    BeforeValidator(_plain_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 5}),
]


Expand = Annotated[
    tuple[Expandable, ...],
    *_listed("instructor or category, separated by commas: `expanded` has them in full", "instructor,category"),
]


class CourseQuery(Input):
    """What is written out beside a course."""

    expand: Expand = ()


class CatalogueQuery(PageQuery):
    """Filters, order and page of the catalogue: courses match every filter, and one value of each."""

    category: Categories = ()
    level: Levels = ()
    language: Languages = ()
    instructor_id: Ids = ()
    ids: Annotated[Ids, Field(description="courses in this order, at most 100, as far as they are on sale")] = ()
    currency: Currency | None = Field(
        default=None, description="also of `minPrice`, `maxPrice` and `sort=price`: without it, the default currency"
    )
    min_price: QueryAmountMinor | None = None
    max_price: QueryAmountMinor | None = None
    free: Literal["true", "false"] | None = None
    min_rating: MinRating | None = None
    duration: Durations = ()
    has_captions: Literal["true", "false"] | None = None
    published_after: QueryMoment | None = None
    search: Prose | None = Field(
        default=None,
        max_length=200,
        description="words or parts of words in title, instructor, subtitle, category and description",
    )
    facets: Annotated[
        tuple[FacetName, ...],
        *_listed("category, level, language, price or rating, separated by commas: `meta.facets` counts their values"),
    ] = ()
    expand: Expand = ()
    sort: OrderName | None = Field(
        default=None, description="`newest` where nothing is given, `relevance` where only `search` is"
    )

    @model_validator(mode="before")
    @classmethod
    def _all_ids_fit_a_page(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Without a `limit`, a list of ids is one page."""
        ids = _split(given.get("ids", []))
        return given if not ids or "limit" in given else {**given, "limit": str(min(len(ids), MAX_VALUES))}

    @property
    def text(self) -> str | None:
        """What was typed; nothing but spaces is no search, as a form sends it."""
        return self.search if self.search and not self.search.isspace() else None

    def order(self) -> OrderName | None:
        """Relevance needs a search; a search without `sort` is ranked. None: as the ids are listed."""
        if self.text is not None:
            return self.sort or "relevance"
        if self.sort is None and self.ids:
            return None
        return "newest" if self.sort is None or self.sort == "relevance" else self.sort

    def filters(self, default_currency: str) -> dict[str, Any]:
        """The conditions by name but for the search, only those that were asked for; `free` is a price."""
        wanted: dict[str, Any] = {
            **_one_or_more("category", "any_category", self.category),
            **_one_or_more("level", "any_level", self.level),
            **_one_or_more("language", "any_language", self.language),
            **_one_or_more("instructor_id", "any_instructor_id", self.instructor_id),
            "ids": list(self.ids) or None,
            "currency": self.currency or (default_currency if self._compares_prices else None),
            "min_price": max(self.min_price or 0, 1) if self.free == "false" else self.min_price,
            "max_price": 0 if self.free == "true" else self.max_price,
            "min_rating": self.min_rating,
            "durations": _ranges(self.duration) if self.duration else None,
            "has_captions": True if self.has_captions == "true" else None,
            "has_no_captions": True if self.has_captions == "false" else None,
            "published_after": self.published_after,
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def filters_by_facet(self, default_currency: str) -> dict[FacetName, dict[str, Any]]:
        """For each facet that was asked for, the filters without its own."""
        return {
            name: self.model_copy(update=dict.fromkeys(OWN_FILTERS[name])).filters(default_currency)
            for name in self.facets
        }

    @property
    def _compares_prices(self) -> bool:
        """Amounts of different currencies are not compared."""
        return self.min_price is not None or self.max_price is not None or self.sort in {"price", "-price"}


class SuggestQuery(Input):
    """What was typed so far."""

    q: Prose = Field(default="", max_length=200)


def _one_or_more(one: str, more: str, values: tuple[Any, ...] | None) -> dict[str, Any]:
    """One value reads an index in its order; several do not."""
    if values and len(values) > 1:
        return {more: list(values)}
    return {one: values[0]} if values else {}


def _ranges(hours: tuple[tuple[int, int | None], ...]) -> str:
    """As PostgreSQL writes a multirange of seconds; a range without length is left out."""
    whole = [(low, high) for low, high in hours if high is None or low < high]
    return "{" + ",".join(f"[{low * HOUR},{'' if high is None else high * HOUR})" for low, high in whole) + "}"
