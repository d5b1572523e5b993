"""Reads how frequent the words of a search are, to choose how it is done."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.courses.queries import spelling
from coursify.modules.courses.search import expectation
from coursify.modules.courses.search.expectation import Expectation
from coursify.modules.courses.search.question import Place, Question


async def expect_matches(db: Connection, question: Question) -> Expectation:
    """For each level how many courses it and the better ones will have."""
    places = sorted(expectation.places_of(question), key=str)
    exact = [place.lexeme for place in places if not place.begins]
    beginnings = [place.lexeme for place in places if place.begins]
    counts = await spelling.count_lexemes(db, lexemes=exact, beginnings=beginnings)
    total = counts.get((spelling.EVERY_COURSE, False), 0)
    if not total:
        return expectation.NOTHING
    found = {Place(lexeme, begins): courses for (lexeme, begins), courses in counts.items()}
    return expectation.expect_matches(question, found, total)
