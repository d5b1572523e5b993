"""Reads how frequent the words of a search are, to choose how it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coursify.core.database import Connection
from coursify.modules.courses.queries import spelling
from coursify.modules.courses.search import expectation
from coursify.modules.courses.search.expectation import Expectation
from coursify.modules.courses.search.question import Place, Question, ask_either, typed_inside


async def prepare_search(
    db: Connection, texts: Sequence[str], filters: Mapping[str, Sequence[object]]
) -> tuple[Question, Expectation]:
    """What a text that was typed, and its correction, ask of the index with its common words, and what it will find."""
    question = ask_either(texts, filters)
    patterns = sorted({f"%{word}%" for text in texts for word in typed_inside(text)})
    expected, common = await _read(db, question, patterns)
    return (ask_either(texts, filters, common) if common else question), expected


async def expect_matches(db: Connection, question: Question) -> Expectation:
    """For each level how many courses it and the better ones will have."""
    return (await _read(db, question, []))[0]


async def _read(db: Connection, question: Question, patterns: list[str]) -> tuple[Expectation, list[str]]:
    places = sorted(expectation.places_of(question), key=str)
    exact = [place.lexeme for place in places if not place.begins]
    beginnings = [place.lexeme for place in places if place.begins]
    known = await spelling.count_lexemes(db, lexemes=exact, beginnings=beginnings, patterns=patterns)
    total = known.exact.get(spelling.EVERY_COURSE, 0)
    if not total:
        return expectation.NOTHING, known.common
    counts = {Place(lexeme): courses for lexeme, courses in known.exact.items()}
    counts |= {Place(lexeme, begins=True): courses for lexeme, courses in known.beginnings.items()}
    return expectation.expect_matches(question, counts, total), known.common
