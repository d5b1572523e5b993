"""The statement check itself: each kind of mistake, planted, is found."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.house.statements.choices import combinations_of, subsets_of
from tests.house.statements.describing import Describer, find_mismatches
from tests.house.statements.recording import Statement, queries_modules, record
from tests.house.statements.running import Runner, find_misfits
from tests.house.statements.sources import find_stray_sql
from tests.house.test_statements import find_foreign_writes
from tests.support.servers import ServerAddresses

from coursify.core.database import Connection, fetch_all

PLANTED = "coursify.modules.courses.queries.planted"


@dataclass(frozen=True)
class Titled:
    id: UUID
    title: str


@dataclass(frozen=True)
class Subtitled:
    id: UUID
    subtitle: str


@dataclass(frozen=True)
class Remembered:
    subtitle: str | None


@pytest.fixture
def connection(servers: ServerAddresses, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(servers.app_url_for(database_name), autocommit=True) as opened:
        yield opened


def planted(sql: str, row: Any = None, *, kind: str = "fetch_all", **params: Any) -> Statement:
    return Statement(PLANTED, kind, row, sql, params)


def mismatches(statement: Statement, connection: psycopg.Connection[Any]) -> list[str]:
    return find_mismatches(statement, Describer(connection).describe(statement))


def test_a_right_statement_passes(connection: psycopg.Connection[Any]) -> None:
    assert mismatches(planted("SELECT id, title FROM courses", Titled), connection) == []
    assert mismatches(planted("SELECT subtitle FROM courses", Remembered), connection) == []


def test_a_column_that_does_not_exist_fails(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(AssertionError, match="headline"):
        mismatches(planted("SELECT id, headline FROM courses", Titled), connection)


def test_a_column_under_another_name_fails(connection: psycopg.Connection[Any]) -> None:
    found = mismatches(planted("SELECT id, title AS headline FROM courses", Titled), connection)
    assert [problem.partition(": ")[2] for problem in found] == [
        "column headline is no field of Titled",
        "field title of Titled has no column",
    ]


def test_a_column_of_another_type_fails(connection: psycopg.Connection[Any]) -> None:
    (problem,) = mismatches(planted("SELECT id, version AS title FROM courses", Titled), connection)
    assert "title is int4 and typed str" in problem


def test_a_nullable_column_typed_without_none_fails(connection: psycopg.Connection[Any]) -> None:
    (problem,) = mismatches(planted("SELECT id, subtitle FROM courses", Subtitled), connection)
    assert "subtitle may be NULL and is typed str" in problem


def test_a_nullable_column_is_followed_through_what_writes_it(connection: psycopg.Connection[Any]) -> None:
    sql = "WITH course AS (UPDATE courses SET version = 2 RETURNING *) SELECT id, subtitle FROM course"
    (problem,) = mismatches(planted(sql, Subtitled), connection)
    assert "subtitle may be NULL" in problem


def test_a_column_behind_a_left_join_typed_without_none_fails(connection: psycopg.Connection[Any]) -> None:
    sql = "SELECT users.id, courses.title FROM users LEFT JOIN courses ON courses.instructor_id = users.id"
    (problem,) = mismatches(planted(sql, Titled), connection)
    assert "title may be NULL" in problem


def test_a_nullable_single_value_fails(connection: psycopg.Connection[Any]) -> None:
    sql = "SELECT subtitle FROM courses"
    (problem,) = mismatches(planted(sql, str, kind="fetch_value"), connection)
    assert "subtitle may be NULL" in problem
    assert mismatches(planted(sql, str, kind="find_value"), connection) == []


def test_a_computed_none_is_found_when_it_runs(connection: psycopg.Connection[Any]) -> None:
    statement = planted("SELECT max(version) FROM courses WHERE false", int, kind="fetch_value")
    assert mismatches(statement, connection) == []
    runner = Runner(connection)
    runner.run(statement, {})
    assert any("the value is None" in problem for outcome in runner.outcomes.values() for problem in outcome.problems)


def test_a_value_that_its_literal_does_not_know_is_found() -> None:
    @dataclass(frozen=True)
    class Row:
        title: str

    assert find_misfits(planted("", Row), Row(title="words")) == []
    assert find_misfits(planted("", Row), Row(title=3)) == ["title is 3 and typed <class 'str'>"]  # type: ignore[arg-type]


def test_a_parameter_whose_type_nobody_knows_fails(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(AssertionError, match="could not determine data type"):
        mismatches(planted("SELECT id, title FROM courses WHERE %(a)s IS NULL", Titled, a=None), connection)


def test_a_write_to_another_modules_table_fails(connection: psycopg.Connection[Any]) -> None:
    hidden = "WITH erased AS (DELETE FROM sessions RETURNING id) SELECT count(*) FROM erased"
    found = find_foreign_writes(
        [planted("UPDATE users SET name = name", kind="execute"), planted(hidden, int, kind="fetch_value")], connection
    )
    assert [problem.partition(" writes ")[2] for problem in found] == [
        "sessions, which belongs to identity",
        "users, which belongs to users",
    ]


def test_a_write_that_the_role_may_not_do_fails(connection: psycopg.Connection[Any]) -> None:
    runner = Runner(connection)
    runner.run(planted("DELETE FROM ledger_entries", kind="execute"), {})
    assert any(
        "InsufficientPrivilege" in problem for outcome in runner.outcomes.values() for problem in outcome.problems
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM users",
        "select id from users",
        "UPDATE users SET name = 'x'",
        "delete from users",
        "AND revoked_at IS NULL",
        "ORDER BY id",
        "LISTEN news",
    ],
)
def test_sql_outside_queries_fails(text: str, tmp_path: Path) -> None:
    services = tmp_path / "modules/courses/services"
    services.mkdir(parents=True)
    (services / "show_course.py").write_text(f'"""SELECT in a docstring FROM nowhere."""\n\nTEXT = f"{text} {{1}}"\n')
    (tmp_path / "modules/courses/queries.py").write_text(f'TEXT = "{text}"\n')
    (stray,) = find_stray_sql(tmp_path)
    assert stray.place == "modules/courses/services/show_course.py:3"


def test_every_choice_of_a_parameter_is_recorded() -> None:
    """A function is called with each filter given and missing, and each text is kept once."""
    module = next(module for module in queries_modules() if module.__name__.endswith("courses.queries.courses"))

    async def list_planted(db: Connection, *, title: str | None, is_free: bool) -> list[Titled]:
        free = "AND price_minor = 0" if is_free else ""
        titled = "AND title = %(title)s" if title else ""
        sql = f"SELECT id, title FROM courses WHERE true {free} {titled}"
        rows: list[Titled] = await vars(module)["fetch_all"](db, Titled, sql)
        return rows

    list_planted.__module__ = module.__name__
    assert fetch_all is vars(module)["fetch_all"]
    assert len(asyncio.run(record([list_planted]))) == 4


def test_few_choices_are_all_combined() -> None:
    assert len(set(combinations_of([(None, 1), ("a", "b", "c"), (False, True)]))) == 12
    assert subsets_of(["a", "b"]) == [(), ("a",), ("b",), ("a", "b")]


def test_many_choices_are_combined_in_pairs() -> None:
    """Twenty optional parameters or filters: each pair of choices is there, without a million calls."""
    count = 20
    combinations = set(combinations_of([(None, 1)] * count))
    for first, second in itertools.combinations(range(count), 2):
        assert {(chosen[first], chosen[second]) for chosen in combinations} == {
            (None, None),
            (None, 1),
            (1, None),
            (1, 1),
        }
    names = [f"filter_{number}" for number in range(count)]
    subsets = subsets_of(names)
    assert set(itertools.combinations(names, 2)) < set(subsets)
    assert tuple(names) in subsets
    assert max(len(combinations), len(subsets)) < 1_000
