"""How many courses a search will find, from the lexemes that many courses have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, prod

from coursify.modules.courses.search.question import LEVELS, Place, Places, Question, Required

# What is read in the order of a list has this many times the wanted matches, if they are as frequent as expected.
SURELY_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Expectation:
    """Of `total` courses, how many each level and the better ones will have; 0 where no lexeme is frequent."""

    total: int
    levels: list[float]

    @property
    def anywhere(self) -> float:
        return self.levels[-1]

    def in_level(self, level: int) -> float:
        return self.levels[level] - (self.levels[level - 1] if level else 0)


def courses_to_read(expected: float, *, total: int, wanted: int) -> int:
    """Among so many courses, in any order, are the wanted matches, if all `total` courses have the expected ones."""
    return ceil(SURELY_ENOUGH * wanted * total / max(expected, 1))


NOTHING = Expectation(0, [0.0] * LEVELS)


def places_of(question: Question) -> set[Place]:
    """All that the expectation depends on."""
    return {place for places in [*_asked(question), *question.conditions] for place in places}


def expect_matches(question: Question, counts: Mapping[Place, int], total: int) -> Expectation:
    """A place has at least as many courses as its most frequent lexeme. Words count as independent of each other."""
    filtered = prod(min(sum(counts.get(place, 0) for place in places) / total, 1) for places in question.conditions)
    return Expectation(
        total, [total * filtered * _share(one, counts, total) if one else 0.0 for one in question.required]
    )


def _share(required: Required, counts: Mapping[Place, int], total: int) -> float:
    return prod(max(_share_of_way(way, counts, total) for way in term) for term in required)


def _share_of_way(way: tuple[Places, ...], counts: Mapping[Place, int], total: int) -> float:
    """Words of one way follow each other in what was typed: where the rarest is, the others often are as well."""
    return min(max(counts.get(place, 0) for place in places) for places in way) / total


def _asked(question: Question) -> Iterator[Places]:
    for required in question.required:
        for term in required:
            for way in term:
                yield from way
