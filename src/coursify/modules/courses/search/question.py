"""What somebody typed, as the queries by which courses are found and ranked (docs/search.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coursify.modules.courses.search.vectors import filter_lexeme
from coursify.modules.courses.search.words import (
    MAX_TAIL,
    Term,
    Words,
    is_pair,
    is_short,
    query_terms,
    text_key,
)

MAX_TERMS: Final = 12
MAX_PAIRS: Final = 24
# The whole title; then, for the word that fits worst: a whole word of the title, the beginning of one, the instructor,
# the subtitle, the category, the description, a part of a word.
LEVELS: Final = 8
# Up to this level a course is ranked by its head alone; one more needs its body, the last its parts.
LAST_OF_HEAD: Final = 5
# More matches than this are neither counted nor ranked one by one.
MAX_CANDIDATES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """`levels[n]` finds the courses of level n and better; all are tsqueries that only our own code can write."""

    has_words: bool
    levels: tuple[str, ...]

    @property
    def anywhere(self) -> str:
        return self.levels[-1]

    def only(self, level: int) -> str:
        """Finds the courses of one level, not those of a better one."""
        return f"({self.levels[level]}) & !({self.levels[level - 1]})" if level else self.levels[0]


def ask(text: str, filters: Mapping[str, Sequence[object]] | None = None) -> Question:
    """`filters` are those that the index knows as well, each with its values; a course must fit them all."""
    terms = [_shorten(term) for term in query_terms(text)[:MAX_TERMS]]
    key = f"'={text_key(text)}'"
    matched = [" & ".join(f"({_term(term, level)})" for term in terms) for level in range(1, LEVELS)]
    levels = [key, *(f"{key} | ({one})" if one else key for one in matched)]
    conditions = "".join(f" & ({_any_of(name, values)})" for name, values in (filters or {}).items())
    return Question(bool(terms), tuple(f"({one}){conditions}" for one in levels))


def begins_in_field(text: str, field: str) -> str:
    """Finds courses in whose field every word begins one."""
    return " & ".join(
        "(" + " | ".join("(" + " & ".join(f"'{field}{word}':*" for word in way) + ")" for way in term) + ")"
        for term in query_terms(text)[:MAX_TERMS]
    )


def _any_of(name: str, values: Sequence[object]) -> str:
    return " | ".join(f"'{filter_lexeme(name, str(value))}'" for value in values)


def _shorten(term: Term) -> Term:
    return tuple(way[:MAX_PAIRS] for way in term)


def _term(term: Term, level: int) -> str:
    return " | ".join(f"({_all(way, level)})" for way in term)


def _all(way: Words, level: int) -> str:
    return " & ".join(f"({' | '.join(_places(word, level))})" for word in way)


def _places(word: str, level: int) -> list[str]:
    """Where a word may be found at this level or a better one."""
    begins = "" if is_pair(word) or is_short(word) else ":*"
    if level == 1:
        return [f"'t{word}'"]
    in_title = [f"'t{word}'{begins}"] + ([f"'1{word}'"] if is_short(word) else [])
    if level < 6:
        return [*in_title, *(f"'{field}{word}'{begins}" for field in "isg"[: level - 2])]
    everywhere = [*in_title[1:], f"'w{word}'{begins}"]
    return everywhere if level == 6 or not begins else [*everywhere, f"'p{word[:MAX_TAIL]}'{begins}"]
