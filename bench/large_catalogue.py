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
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from coursify.modules.courses.search.fold import VERSION
from coursify.modules.courses.search.vectors import SearchedTexts, vectors_of

TEXTS = 10_000
TEACHERS = 5_000
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
               (ARRAY['beginner', 'intermediate', 'advanced', 'all'])[1 + number / 7 %% 4], texts.language, 'published',
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


def make_texts(count: int, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of large_texts: a title with a subtitle, and a description, with their words apart."""
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
        yield (place, title, subtitle, description, category, code, head.head, head.words, body.words, body.rest)


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
    db: psycopg.Connection[Any], *, courses: int, show: Callable[[str], None] = lambda _line: None
) -> None:
    """The index of the words is built at the end, as a restored dump builds it."""
    texts = min(TEXTS, courses)
    first, last = _read_words()[-1][2:]
    names = [f"{first[n % len(first)]} {last[n // len(first) % len(last)]}{n % 97 or ''}" for n in range(TEACHERS)]
    sizes = {"courses": courses, "texts": texts, "teachers": TEACHERS, "names": names, "version": VERSION}
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
        with _Step("texts", show), db.cursor().copy("COPY large_texts FROM STDIN") as copy:
            for row in make_texts(texts, names):
                copy.write_row(row)
        for name, statement in STEPS.items():
            with _Step(name, show):
                db.execute(statement, sizes)
    with _Step("index of words", show):
        db.execute("SET maintenance_work_mem = '512MB'")
        db.execute(
            "CREATE INDEX course_search_words ON course_search USING gin (course_lexemes(head, words, rest))"
            " WITH (fastupdate = off)"
        )
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
