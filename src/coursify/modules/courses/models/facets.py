"""Facets: how many courses of a list have which value of a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FacetName = Literal["category", "level", "language", "price", "rating"]
# From how many stars: a course counts in each that it reaches.
RATINGS: Final = ("4.5", "4.0", "3.5", "3.0")


@dataclass(frozen=True, slots=True)
class FacetRow:
    """How many courses have a value. The facet `total` has one row, without a value."""

    facet: str
    value: str | None
    courses: int


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value as its filter takes it; of prices `free` and `paid`."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Not `is_exact`: more courses match than were counted."""

    counts: dict[FacetName, list[FacetCount]]
    is_exact: bool
