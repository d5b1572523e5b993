"""Proposes other words for a search that found little, from the words of courses on sale."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.courses.queries import spelling
from coursify.modules.courses.search.fold import fold
from coursify.modules.courses.search.question import MAX_TERMS
from coursify.modules.courses.search.spelling import LONGEST, SHORTEST, deletions_of, is_one_error
from coursify.modules.courses.search.words import query_terms

# Of the words that resemble the typed one, the most frequent ones are checked.
MAX_SIMILAR = 50


async def correct_spelling(db: Connection, text: str) -> str | None:
    """The words with each unknown one replaced by the most frequent one that differs by one error; None: no change."""
    chunks = fold(text).split()[:MAX_TERMS]
    words = [_word_of(chunk) for chunk in chunks]
    long_enough = [word for word in words if SHORTEST <= len(word) <= LONGEST]
    known = set(await spelling.list_known_words(db, long_enough)) if long_enough else set()
    corrected = [await _correct(db, word) if word in long_enough and word not in known else word for word in words]
    if corrected == words:
        return None
    # What is right stays as it was typed.
    return " ".join(one if one != word else chunk for one, word, chunk in zip(corrected, words, chunks, strict=True))


def _word_of(chunk: str) -> str:
    """As the word is stored that is written like this: `e-mail` as `email`, and nothing where there are several."""
    terms = query_terms(chunk)
    return terms[0][0][0] if len(terms) == 1 and len(terms[0][0]) == 1 else ""


async def _correct(db: Connection, word: str) -> str:
    similar = await spelling.list_similar_words(db, word=word, deletions=deletions_of(word), limit=MAX_SIMILAR)
    # People rarely mistype the first letter.
    likely = sorted((one for one in similar if is_one_error(word, one.word)), key=lambda one: one.word[0] != word[0])
    return likely[0].word if likely else word
