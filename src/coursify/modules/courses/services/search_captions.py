"""Finds where the videos of a course say something."""

from __future__ import annotations

import asyncio
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.models.captions import LessonCaptions, SpokenPassage
from coursify.modules.courses.queries import captions
from coursify.modules.courses.search.question import MAX_TERMS
from coursify.modules.courses.search.words import Term, index_words, query_terms
from coursify.modules.media.services.list_cues import list_cues

# Some fifty hours of speech; what lies beyond is not searched.
MAX_BYTES = 4_194_304
MAX_PASSAGES = 100


async def search_captions(db: Connection, *, course_id: UUID, text: str, includes_all: bool) -> list[SpokenPassage]:
    """The first passages in the order of the lessons; previews alone unless `includes_all`."""
    terms = query_terms(text)[:MAX_TERMS]
    if not terms:
        return []
    spoken = await captions.list_captions(db, course_id, includes_all=includes_all, max_bytes=MAX_BYTES)
    return await asyncio.to_thread(_find_passages, spoken, terms)


def _find_passages(spoken: list[LessonCaptions], terms: list[Term]) -> list[SpokenPassage]:
    """A sentence may begin in one cue and end in the next: the words may be in both, if one of them is in the first."""
    found: list[SpokenPassage] = []
    for one in spoken:
        cues = [(second, text, index_words(text)) for second, text in list_cues(one.content)]
        for number, (second, text, words) in enumerate(cues):
            following = cues[number + 1][2] if number + 1 < len(cues) else set()
            if _has_all(words, terms) or (
                not _has_all(following, terms)
                and any(_has(words, term) for term in terms)
                and _has_all(words | following, terms)
            ):
                found.append(SpokenPassage(one.lesson_id, one.lesson_title, one.position, one.language, second, text))
                if len(found) == MAX_PASSAGES:
                    return found
    return found


def _has_all(words: set[str], terms: list[Term]) -> bool:
    return all(_has(words, term) for term in terms)


def _has(words: set[str], term: Term) -> bool:
    """In one of its ways, each word whole or as the beginning of a longer one."""
    return any(all(word in words or any(one.startswith(word) for one in words) for word in way) for way in term)
