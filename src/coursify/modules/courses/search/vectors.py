"""What a course is found by, as course_search stores it; the function course_lexemes makes the index's lexemes of it.

A lexeme begins with where it comes from, so that the index alone knows it: `=` the whole title, `t` title, `i`
instructor, `s` subtitle, `g` category, `1` the first letters of a word of the title, `w` any word, `p` a part of a
word, `*` a filter. A word of many courses has a mark behind the first letter, `w*` or, where parts do not count, `w^`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from coursify.modules.courses.search.words import SHORT, can_be_common, index_words, is_pair, text_key, whole_words

PARTS_UNTIL: Final = 500
WORDS_UNTIL: Final = 20_000
# No word begins so: folding makes spaces of both. The first is in course_lexemes as well.
COMMON_MARK: Final = "*"
COMMON_MARK_OF_REST: Final = "^"
_FILTERS: Final = {"category": "c", "level": "v", "language": "l", "instructor_id": "i"}


@dataclass(frozen=True, slots=True)
class SearchedTexts:
    """What a course says, as it is stored, and by what it is filtered."""

    title: str
    subtitle: str | None
    instructor_name: str | None
    category_name: str | None
    category: str | None
    level: str
    language: str
    instructor_id: UUID


@dataclass(frozen=True, slots=True)
class Vectors:
    """`head` as PostgreSQL reads a vector, short, because ranking reads it for many courses; the others are words.

    A part of a word is found in `words` alone, not in `rest`.
    """

    head: str
    words: str
    rest: str

    def possibly_common(self) -> list[str]:
        """What is too short for parts and beginnings needs no mark."""
        return [word for text in (self.words, self.rest) for word in text.split() if can_be_common(word)]

    def mark_common(self, common: Collection[str]) -> Vectors:
        """With the marks of words that many courses have."""
        return replace(
            self,
            words=_mark(self.words, common, COMMON_MARK),
            rest=_mark(self.rest, common, COMMON_MARK_OF_REST),
        )


def vectors_of(texts: SearchedTexts, plain_description: str) -> Vectors:
    """What lies beyond the first 20,000 characters of the description is not found."""
    beginning, rest = _divide(plain_description[:WORDS_UNTIL])
    fields = {
        "t": index_words(texts.title),
        "i": index_words(texts.instructor_name or ""),
        "s": index_words(texts.subtitle or ""),
        "g": index_words(texts.category_name or ""),
    }
    words = index_words(beginning).union(*fields.values())
    head = {f"{field}{word}" for field, found in fields.items() for word in found}
    head.update(f"1{word[:length]}" for word in fields["t"] if not is_pair(word) for length in range(1, SHORT + 1))
    head.add(f"={text_key(texts.title)}")
    head.update(filter_lexemes(texts))
    return Vectors(head=_vector(head), words=" ".join(sorted(words)), rest=" ".join(sorted(whole_words(rest) - words)))


def filter_lexemes(texts: SearchedTexts) -> list[str]:
    named = {"category": texts.category, "level": texts.level, "language": texts.language}
    named["instructor_id"] = str(texts.instructor_id)
    return [filter_lexeme(name, value) for name, value in named.items() if value is not None]


def filter_lexeme(name: str, value: str) -> str:
    return f"*{_FILTERS[name]}:{value}"


def _mark(words: str, common: Collection[str], mark: str) -> str:
    return " ".join(f"{mark}{word}" if word in common else word for word in words.split(" "))


def _divide(text: str) -> tuple[str, str]:
    """The beginning, and the rest from the last space before its end: no word is cut in two."""
    if len(text) <= PARTS_UNTIL:
        return text, ""
    end = text.rfind(" ", 0, PARTS_UNTIL) + 1 or PARTS_UNTIL
    return text[:end], text[end:] if end < PARTS_UNTIL or text[end - 1] == " " else text


def _vector(lexemes: Iterable[str]) -> str:
    """Words have letters, digits and `+#.` alone: nothing in them has to be escaped."""
    return " ".join(f"'{lexeme}'" for lexeme in lexemes)
