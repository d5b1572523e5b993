"""The statement check: every SQL text stands where it may, fits the schema, brings what its row says, and writes only
its own module's tables.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.house.statements.binding import Sample, bindings
from tests.house.statements.describing import Describer, find_mismatches, larger
from tests.house.statements.recording import ROWS, VALUES, Statement, record_all
from tests.house.statements.running import QUEUE, Runner
from tests.house.statements.sample import make_sample
from tests.house.statements.sources import find_stray_sql
from tests.support.classroom import Classroom
from tests.support.servers import ServerAddresses
from tests.support.shop import Shop

from coursify.core.database import Connection

# A function with more texts than this composes filters: every text is prepared, and so many of them are run, once.
MANY_TEXTS = 60
LARGER_NUMBERS = (70_000, 2**33)
RUNS = 12
# The share of functions whose rows the sample may fail to bring, or whose constraints it may fail to fit.
MOST_UNSEEN = 0.1

# Columns that may be NULL in the table and never are in this statement.
SURE = {
    "core.queries.sealed_columns.list_sealed_values: value": "the statement leaves out rows without a value",
    "courses.queries.captions.list_captions: position": "a live lesson has a position, says a constraint",
    "courses.queries.published.list_feed_entries: published_at": "an approval sets it",
    "courses.queries.search.list_instructor_suggestions: text": "an instructor without a name is left out",
    "enrollments.queries.progress.find_lesson_page: position": "a live lesson has a position, says a constraint",
}
# Who may write a table of someone else, and why.
GUESTS = {
    "core.queries.sealed_columns": "re-seals the columns that the modules list as sealed",
    "coursify_sandbox": "the seed stores the progress of its history, suppresses the emails and deletes the jobs",
}


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return record_all()


@pytest.fixture
def connection(servers: ServerAddresses, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(servers.app_url_for(database_name), autocommit=True) as opened:
        yield opened


def test_sql_stands_only_in_queries_and_migrations() -> None:
    stray = [str(text) for text in find_stray_sql()]
    assert not stray, "\n".join(stray)


def test_every_statement_fits_the_schema(statements: list[Statement], connection: psycopg.Connection[Any]) -> None:
    describer = Describer(connection)
    texts = Counter(statement.function for statement in statements)
    problems = set()
    for statement in statements:
        numbers = LARGER_NUMBERS if texts[statement.function] <= MANY_TEXTS else ()
        for params in [statement.params, *(larger(statement.params, number) for number in numbers)]:
            try:
                problems |= set(find_mismatches(statement, describer.describe(statement, params)))
            except (AssertionError, psycopg.Error) as error:
                problems.add(str(error))
    unexpected = sorted(problem for problem in problems if not problem.startswith(tuple(SURE)))
    assert not unexpected, "\n".join(unexpected)


@pytest.mark.slow
async def test_every_statement_brings_what_its_row_says(
    statements: list[Statement],
    connection: psycopg.Connection[Any],
    shop: Shop,
    classroom: Classroom,
    db: Connection,
) -> None:
    await make_sample(shop, classroom, db)
    describer, sample, runner = Describer(connection), Sample(connection), Runner(connection)
    for statement, runs in choose_runs(statements):
        for params in bindings(statement, describer.describe(statement), sample, runs):
            runner.run(statement, params)
    problems = {problem for outcome in runner.outcomes.values() for problem in outcome.problems}
    assert not problems, "\n".join(sorted(problems))
    answering = {
        statement.function
        for statement in statements
        if statement.kind in ROWS | VALUES and sample.has_rows_for(statement.sql)
    }
    brought = {function for (function, _sql), outcome in runner.outcomes.items() if outcome.rows}
    silent = sorted(answering - brought)
    finished = {function for (function, _sql), outcome in runner.outcomes.items() if outcome.finished}
    stopped = sorted({statement.function for statement in statements} - finished)
    assert len(stopped) <= MOST_UNSEEN * len(statements_by_function(statements)), "constraints stopped\n" + "\n".join(
        stopped
    )
    assert len(silent) <= MOST_UNSEEN * len(answering), "these brought no row:\n" + "\n".join(silent)


def statements_by_function(statements: list[Statement]) -> dict[str, list[Statement]]:
    families: dict[str, list[Statement]] = {}
    for statement in statements:
        families.setdefault(statement.function, []).append(statement)
    return families


def choose_runs(statements: list[Statement]) -> Iterator[tuple[Statement, int]]:
    """Every statement several times; of a composition of filters a choice that is the same in every run."""
    for function, family in statements_by_function(statements).items():
        if len(family) <= MANY_TEXTS:
            yield from ((statement, RUNS) for statement in family)
        else:
            yield from ((statement, 1) for statement in random.Random(function).sample(family, MANY_TEXTS))


def test_every_statement_writes_only_its_own_tables(
    statements: list[Statement], connection: psycopg.Connection[Any]
) -> None:
    found = find_foreign_writes(statements, connection)
    assert not found, "\n".join(found)


def find_foreign_writes(statements: list[Statement], connection: psycopg.Connection[Any]) -> list[str]:
    runner, owners = Runner(connection), owners_of_tables(connection)
    return sorted(
        f"{statement} writes {table}, which belongs to {owners[table]}"
        for statement in {statement.sql: statement for statement in statements}.values()
        if GUESTS.keys().isdisjoint({statement.owner, str(statement).rpartition(".")[0]})
        for table in runner.tables_written(statement, statement.params)
        if owners[table] != statement.owner
    )


def owners_of_tables(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Each table's comment begins with the module that owns it."""
    rows = connection.execute(
        "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return {
        name: "core" if name.startswith(QUEUE) else (comment or "nobody:").partition(":")[0] for name, comment in rows
    }
