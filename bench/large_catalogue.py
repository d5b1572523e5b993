"""`python -m bench.large_catalogue URL`: fill a migrated, empty database with a large catalogue in several languages.

10,000 texts are written and indexed as the application does it; each course joins the head of one with the body of
another, so that words are as frequent as in a real catalogue. Triggers and foreign keys are off while it runs, so it
takes the owner's role. `bench.searches` measures the result.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from coursify.modules.courses.queries.word_counts import LAST_ID
from coursify.modules.courses.search.fold import VERSION
from coursify.modules.courses.search.vectors import SearchedTexts, Vectors, vectors_of
from coursify.modules.courses.search.words import can_be_common
from coursify.modules.courses.services.refresh_words import COMMON_COURSES

TEXTS = 10_000
TEACHERS = 5_000
DRAFT_EVERY = 50
LEVELS = ("beginner", "intermediate", "advanced", "all")
CATEGORIES = ("development", "data", "design", "business", "marketing", "languages", "music", "photography")
# Language, its share, syllables of which its words are made, and words that people look for; then first and last names.
WORDS = Path(__file__).with_name("languages.tsv")
STEPS: dict[str, str] = {
    "people": """
        INSERT INTO users (email, email_canonical, name, role, sessions_valid_after, created_at, updated_at)
        SELECT 'large' || number || '@example.com', 'large' || number || '@example.com', name, 'instructor', now(),
               now(), now()
        FROM unnest(%(names)s::text[]) WITH ORDINALITY AS named (name, number)
    """,
    "courses": """
        INSERT INTO courses (instructor_id, slug, title, subtitle, excerpt, price_minor, currency, category, level,
                             language, status, lesson_count, enrollment_count, rating_count, rating_sum, published_at,
                             created_at, updated_at)
        SELECT teacher.id, 'large-' || number, texts.title, texts.subtitle, left(texts.description, 300),
               (floor(random() * 200) * 100)::bigint, (ARRAY['usd', 'eur', 'jpy'])[1 + number %% 3], texts.category,
               (ARRAY['beginner', 'intermediate', 'advanced', 'all'])[1 + number / 7 %% 4], texts.language,
               CASE WHEN number %% %(draft_every)s = 0 THEN 'draft' ELSE 'published' END,
               10, floor(power(random(), 6) * 20000)::bigint, number %% 40, number %% 40 * (2 + number %% 4),
               now() - random() * interval '900 days', now(), now()
        FROM generate_series(1, %(courses)s) AS number
        JOIN large_texts AS texts ON texts.place = number %% %(texts)s
        JOIN (SELECT id, row_number() OVER (ORDER BY email) - 1 AS place FROM users) AS teacher
            ON teacher.place = texts.place %% %(teachers)s
    """,
    "descriptions": """
        INSERT INTO course_texts (course_id, description, search)
        SELECT course.id, texts.description, ''
        FROM (SELECT id, (hashtext(id::text) & 2147483647) %% %(texts)s AS place FROM courses) AS course
        JOIN large_texts AS texts ON texts.place = course.place
    """,
    # As `refresh_words` has counted them, which takes 20 minutes for what is known here.
    "tally": """
        INSERT INTO search_tally (word, field, courses)
        SELECT substr(lexeme, 2), left(lexeme, 1), count * %(courses)s / %(texts)s
        FROM unnest(%(lexemes)s::text[], %(counts)s::bigint[]) AS counted (lexeme, count)
    """,
    "round": """
        INSERT INTO search_rounds (name, counted_to, is_counted, applied_to, courses, seconds)
        VALUES ('words', %(last_id)s, true, '', %(courses)s, 1200)
    """,
    "common": "INSERT INTO search_common (word) SELECT unnest(%(common)s::text[])",
    "words": """
        INSERT INTO course_search (course_id, head, words, rest, course_version, index_version)
        SELECT course.id, own.head || quote_literal('*v:' || course.level)::tsvector,
               own.own_words || ' ' || other.words, other.rest, 1, %(version)s
        FROM (
            SELECT id, level, (hashtext(id::text) & 2147483647) %% %(texts)s AS described,
                   substr(slug, 7)::integer %% %(texts)s AS titled
            FROM courses
        ) AS course
        JOIN large_texts AS own ON own.place = course.titled
        JOIN large_texts AS other ON other.place = course.described
    """,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A row of large_texts, but for the marks of words: a title with a subtitle, and a description."""

    fields: tuple[Any, ...]
    head: Vectors
    body: Vectors

    def lexemes(self) -> set[str]:
        """What `refresh_words` counts in a course of this title and this description."""
        of_head = {lexeme.strip("'") for lexeme in self.head.head.split(" ")}
        words = {*self.head.words.split(), *self.body.words.split()}
        rest = {*self.body.rest.split()} - words
        lexemes = {lexeme for lexeme in of_head if lexeme[0] != "="}
        return lexemes | {f"w{word}" for word in words} | {f"r{word}" for word in rest}

    def row(self, common: Collection[str]) -> tuple[Any, ...]:
        head, body = self.head.mark_common(common), self.body.mark_common(common)
        return (*self.fields, head.head, head.words, body.words, body.rest)


def make_texts(count: int, names: list[str]) -> Iterator[Text]:
    chance = random.Random(5)  # noqa: S311  # the same words in every run
    *languages, _names = _read_words()
    words = {code: _vocabulary(chance, syllables, known) for code, _share, syllables, known in languages}
    codes = [code for code, share, _syllables, _known in languages for _ in range(share)]
    for place in range(count):
        code = chance.choice(codes)
        say = _speaker(chance, words[code], "" if code in {"zh", "ja"} else " ")
        title, subtitle, description = say(5), say(8), say(110)
        category = chance.choice(CATEGORIES)
        texts = SearchedTexts(
            title, subtitle, names[place % len(names)], category.title(), category, "", code, UUID(int=place)
        )
        head = vectors_of(texts, "")
        nothing = replace(texts, title="", subtitle=None, instructor_name=None, category_name=None, category=None)
        body = vectors_of(nothing, description)
        yield Text((place, title, subtitle, description, category, code), head, body)


def _read_words() -> list[tuple[str, int, list[str], list[str]]]:
    rows = [line.split("\t") for line in WORDS.read_text(encoding="utf-8").splitlines()]
    return [(code, int(share), syllables.split(), known.split()) for code, share, syllables, known in rows]


def _vocabulary(chance: random.Random, syllables: list[str], known: list[str]) -> list[str]:
    """The frequent words first."""
    made = {"".join(chance.choices(syllables, k=1 + min(4, place // 40))) for place in range(30_000)}
    return known + sorted(made, key=lambda word: (len(word), word))


def _speaker(chance: random.Random, words: list[str], space: str) -> Callable[[int], str]:
    def say(count: int) -> str:
        """A word's frequency falls with its place, as it does in every language."""
        return space.join(words[int(len(words) ** chance.random()) - 1] for _ in range(count))

    return say


def fill_large_catalogue(
    db: psycopg.Connection[Any],
    *,
    courses: int,
    draft_every: int = DRAFT_EVERY,
    show: Callable[[str], None] = lambda _line: None,
) -> None:
    """Each `draft_every`th course is a draft. The index of words is built at the end, as a restored dump builds it."""
    texts = min(TEXTS, courses)
    first, last = _read_words()[-1][2:]
    names = [f"{first[n % len(first)]} {last[n // len(first) % len(last)]}{n % 97 or ''}" for n in range(TEACHERS)]
    sizes = {"courses": courses, "texts": texts, "teachers": TEACHERS, "names": names, "version": VERSION}
    sizes["draft_every"] = draft_every
    db.execute("DROP INDEX IF EXISTS course_search_words")
    with db.transaction():
        db.execute("SET LOCAL session_replication_role = replica")
        db.execute("SELECT setseed(0.5)")
        db.execute("""
            CREATE TEMPORARY TABLE large_texts (
                place integer PRIMARY KEY, title text, subtitle text, description text, category text, language text,
                head tsvector, own_words text, words text, rest text
            )
        """)
        with _Step("texts", show):
            made = list(make_texts(texts, names))
            counts = Counter(lexeme for text in made for lexeme in text.lexemes())
            counts.update({f"*v:{level}": texts // len(LEVELS) for level in LEVELS})
            words = {lexeme[1:] for lexeme in counts if lexeme[0] in "wr"}
            least = COMMON_COURSES * texts / courses
            common = [
                word for word in words if can_be_common(word) and counts[f"w{word}"] + counts[f"r{word}"] >= least
            ]
            sizes |= {"lexemes": list(counts), "counts": list(counts.values()), "common": common, "last_id": LAST_ID}
            is_common = frozenset(common)
            with db.cursor().copy("COPY large_texts FROM STDIN") as copy:
                for text in made:
                    copy.write_row(text.row(is_common))
        for name, statement in STEPS.items():
            with _Step(name, show):
                db.execute(statement, sizes)
    with _Step("index of words", show):
        db.execute("SET maintenance_work_mem = '512MB'")
        db.execute(
            "CREATE INDEX course_search_words ON course_search USING gin (course_lexemes(head, words, rest))"
            " WITH (gin_pending_list_limit = 256)"
        )
    with _Step("other indexes, as a restored dump builds them", show):
        db.execute("REINDEX TABLE courses")
    with _Step("analyze", show):
        db.execute("VACUUM (ANALYZE, PARALLEL 0) course_search")
        db.execute("VACUUM (ANALYZE, PARALLEL 0) courses")


class _Step:
    """Says how long a step took."""

    def __init__(self, name: str, show: Callable[[str], None]) -> None:
        self._name, self._show = name, show

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_error: object) -> None:
        self._show(f"{self._name}: {time.monotonic() - self._started:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.large_catalogue")
    parser.add_argument("url", help="the owner's URL of a migrated, empty database")
    parser.add_argument("--courses", type=int, default=1_000_000)
    given = parser.parse_args()
    with psycopg.connect(given.url, autocommit=True) as db:
        if db.execute("SELECT count(*) FROM users").fetchone() != (0,):
            sys.exit("The database has users already.")
        fill_large_catalogue(db, courses=given.courses, show=lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
