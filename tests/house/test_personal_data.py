"""Every table that names a person is in the room `personal_data` of the module that owns it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.house.sources import ROOT

from coursify.core.settings import Settings
from coursify.personal_data import ROOMS

# A reference to users, or a column that is named like one where core cannot refer to a table above it.
NAMING_PEOPLE = """
    SELECT DISTINCT class.relname, split_part(obj_description(class.oid), ':', 1)
    FROM pg_class AS class
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND NOT attribute.attisdropped
    LEFT JOIN pg_constraint AS reference
        ON reference.conrelid = class.oid AND reference.contype = 'f' AND reference.confrelid = 'users'::regclass
        AND attribute.attnum = ANY(reference.conkey)
    WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r'
      AND class.relname NOT LIKE 'procrastinate%'
      AND (reference.oid IS NOT NULL OR attribute.attname IN ('user_id', 'actor_id') OR class.relname = 'users')
"""


@pytest.fixture(scope="module")
def connection(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.database.database_url.get_secret_value(), autocommit=True) as opened:
        yield opened


def tables_of(name: str) -> set[str]:
    return set(getattr(ROOMS[name], "TABLES", {}))


def test_every_table_that_names_a_person_is_in_its_modules_room(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute(NAMING_PEOPLE).fetchall()
    assert len(found) > 20
    missing = [f"{table} of {owner}" for table, owner in found if owner not in ROOMS or table not in tables_of(owner)]
    assert missing == []


def test_no_room_names_a_table_that_is_not_its_own(connection: psycopg.Connection[Any]) -> None:
    found = dict(connection.execute(NAMING_PEOPLE).fetchall())
    wrong = [(name, table) for name in ROOMS for table in tables_of(name) if found.get(table) != name]
    assert wrong == []


def test_a_new_table_that_refers_to_people_is_noticed(settings: Settings) -> None:
    url = settings.database.database_owner_url
    assert url
    with psycopg.connect(url.get_secret_value()) as owner:
        owner.execute("CREATE TABLE diaries (id uuid PRIMARY KEY, author_id uuid REFERENCES users (id))")
        owner.execute("COMMENT ON TABLE diaries IS 'reviews: what people think'")
        assert ("diaries", "reviews") in owner.execute(NAMING_PEOPLE).fetchall()
        owner.rollback()
    assert "diaries" not in tables_of("reviews")


def test_every_room_is_on_the_page() -> None:
    modules = ROOT / "src/coursify/modules"
    assert {path.parent.name for path in modules.glob("*/personal_data.py")} | {"core"} == set(ROOMS)
