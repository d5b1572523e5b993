"""How many courses a search will find, from the lexemes that many courses have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from coursify.modules.courses.search.question import Place, Places, Question, Required


def places_of(question: Question) -> set[Place]:
    """All that the expectation depends on."""
    return {place for places in [*_asked(question), *question.conditions] for place in places}


def expect_matches(question: Question, counts: Mapping[Place, int], total: int) -> list[float]:
    """For each level how many courses it and the better ones have; 0 where no lexeme is frequent.

    A place has at least as many courses as its most frequent lexeme, and words are taken as independent of each other.
    """
    filtered = prod(min(sum(counts.get(place, 0) for place in places) / total, 1) for places in question.conditions)
    return [total * filtered * _share(one, counts, total) if one else 0.0 for one in question.required]


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
