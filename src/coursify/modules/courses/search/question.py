"""What somebody typed, as the queries by which courses are found and ranked (docs/search.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coursify.modules.courses.search.vectors import COMMON_MARK, COMMON_MARK_OF_REST, filter_lexeme
from coursify.modules.courses.search.words import (
    MAX_TAIL,
    Term,
    can_be_common,
    is_short,
    query_terms,
    text_key,
)

MAX_TERMS: Final = 12
MAX_PAIRS: Final = 24
# The whole title; then, for the word that fits worst: a whole word of the title, the beginning of one, the instructor,
# the subtitle, the category, the description, a part of a word.
LEVELS: Final = 8
# Up to this level a course is ranked by its head alone; one more needs its words, the last their parts.
LAST_OF_HEAD: Final = 5
# More matches than this are neither counted nor ranked one by one.
MAX_CANDIDATES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """A lexeme, or all that begin with it."""

    lexeme: str
    begins: bool = False

    def __str__(self) -> str:
        return f"'{self.lexeme}'{':*' if self.begins else ''}"


# One of these places; of these words all; one of these ways to write a term; of these terms all.
Places = tuple[Place, ...]
Halves = tuple[str, str | None]
Required = tuple[tuple[tuple[Places, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`levels[n]` finds the courses of level n and better; all are tsqueries that only our own code can write.

    `required[n]`: what they ask for besides the whole title. `conditions`: of each filter one value. `inside`: patterns
    of LIKE that the words of every matching course fit, as a quick check before an exact one. `halves`: two queries
    that find together what `anywhere` finds; the second is None where there is no other word and no filter.
    `least`: two that find sooner a part of it, with common words as they are; None where no word is common.
    """

    has_words: bool
    levels: tuple[str, ...]
    required: tuple[Required, ...]
    conditions: tuple[Places, ...]
    inside: list[str]
    halves: Halves
    least: Halves | None = None

    @property
    def anywhere(self) -> str:
        return self.levels[-1]

    @property
    def has_several(self) -> bool:
        """Several words, or one with a filter."""
        return len(self.required[-1]) + len(self.conditions) > 1

    def only(self, level: int) -> str:
        """Finds the courses of one level, not those of a better one."""
        return f"({self.levels[level]}) & !({self.levels[level - 1]})" if level else self.levels[0]


def ask(text: str, filters: Mapping[str, Sequence[object]] | None = None, common: Collection[str] = ()) -> Question:
    """`filters` are those that the index knows as well, each with its values; a course must fit them all.

    `common`: at least those words of search_common that contain one of `typed_inside`.
    """
    terms = [_shorten(term) for term in query_terms(text)[:MAX_TERMS]]
    conditions = tuple(
        tuple(Place(filter_lexeme(name, str(value))) for value in values) for name, values in (filters or {}).items()
    )
    key = f"'={text_key(text)}'"
    required = tuple(tuple(_ways(term, level, common) for term in terms) for level in range(1, LEVELS))
    levels = [key, *(f"{key} | ({_render(one)})" if one else key for one in required)]
    filtered = "".join(f" & ({_any(places)})" for places in conditions)
    return Question(
        has_words=bool(terms),
        levels=tuple(f"({one}){filtered}" for one in levels),
        required=((), *required),
        conditions=conditions,
        inside=[f"%{word[:MAX_TAIL]}%" for term in terms if len(term) == 1 for word in term[0]] or ["%"],
        halves=_halve(key, required[-1], filtered),
        least=_halve(key, _as_they_are(required[-1], terms, common), filtered) if common else None,
    )


def ask_either(
    texts: Sequence[str], filters: Mapping[str, Sequence[object]] | None = None, common: Collection[str] = ()
) -> Question:
    """Of two texts, typed and corrected, what either finds: first where the head has the typed words."""
    typed, corrected = ask(texts[0], filters, common), ask(texts[-1], filters, common)
    if len(texts) == 1:
        return typed
    levels = [typed.levels[LAST_OF_HEAD]]
    levels += [
        f"({typed.levels[max(level, LAST_OF_HEAD)]}) | ({corrected.levels[level]})" for level in range(1, LEVELS)
    ]
    return replace(corrected, levels=tuple(levels), inside=["%"], halves=(levels[-1], None), least=None)


def ask_field(text: str, field: str) -> Question:
    """One level: the courses in whose field every word begins one."""
    required = tuple(
        tuple(tuple((Place(f"{field}{word}", begins=True),) for word in way) for way in term)
        for term in query_terms(text)[:MAX_TERMS]
    )
    return Question(bool(required), (_render(required),), (required,), (), [], (_render(required), None))


def _as_they_are(required: Required, terms: Sequence[Term], common: Collection[str]) -> Required:
    """With common words neither as beginnings nor as parts."""
    return tuple(
        tuple(
            tuple(_marked(word) if word in common else places for places, word in zip(way, words, strict=True))
            for way, words in zip(asked, term, strict=True)
        )
        for asked, term in zip(required, terms, strict=True)
    )


def _halve(key: str, required: Required, filtered: str) -> Halves:
    """The first word; the others and the filters."""
    first = f"{key} | ({_render(required[:1])})" if required else key
    others = f"({key} | ({_render(required[1:])})){filtered}" if required[1:] else filtered.removeprefix(" & ")
    return first, others or None


def typed_inside(text: str) -> set[str]:
    """What was typed that words may begin with or contain."""
    words = {word for term in query_terms(text)[:MAX_TERMS] for way in _shorten(term) for word in way}
    return {word[:MAX_TAIL] for word in words if can_be_common(word)}


def _shorten(term: Term) -> Term:
    return tuple(way[:MAX_PAIRS] for way in term)


def _ways(term: Term, level: int, common: Collection[str]) -> tuple[tuple[Places, ...], ...]:
    return tuple(tuple(_places(word, level, common) for word in way) for way in term)


def _render(required: Required) -> str:
    return " & ".join(f"({' | '.join(f'({_all(way)})' for way in term)})" for term in required)


def _all(way: tuple[Places, ...]) -> str:
    return " & ".join(f"({_any(places)})" for places in way)


def _any(places: Places) -> str:
    return " | ".join(map(str, places))


def _places(word: str, level: int, common: Collection[str]) -> Places:
    """Where a word may be found at this level or a better one."""
    begins = can_be_common(word)
    if level == 1:
        return (Place(f"t{word}"),)
    first_letters = (Place(f"1{word}"),) if is_short(word) else ()
    if level <= LAST_OF_HEAD:
        fields = ("t", *"isg"[: level - 2])
        return (*first_letters, *(Place(f"{field}{word}", begins) for field in fields))
    everywhere = (*first_letters, Place(f"w{word}", begins))
    if not begins:
        return everywhere
    begun = [one for one in common if one.startswith(word)]
    marked = [place for one in begun for place in _marked(one)]
    if level < LEVELS - 1:
        return (*everywhere, *marked)
    part = word[:MAX_TAIL]
    parts = [Place(f"w{COMMON_MARK}{one}") for one in common if part in one[1:] and not one.startswith(word)]
    return (*everywhere, *marked, Place(f"p{part}", begins=True), *parts)


def _marked(word: str) -> Places:
    return (Place(f"w{COMMON_MARK}{word}"), Place(f"w{COMMON_MARK_OF_REST}{word}"))
