"""The list of sealed columns fits the schema: every bytea column is in it, or its name says that it is a hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.support.servers import ServerAddresses

from coursify.sealed_columns import SEALED_COLUMNS


@pytest.fixture
def connection(servers: ServerAddresses, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(servers.app_url_for(database_name), autocommit=True) as opened:
        yield opened


def test_every_bytea_column_is_listed_as_sealed_or_named_as_a_hash(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute(
        """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name !~ '(^|_)hash$'
        """
    ).fetchall()
    assert set(found) == {(sealed.table, sealed.column) for sealed in SEALED_COLUMNS}


def test_the_key_of_a_sealed_column_is_the_primary_key_of_its_table(connection: psycopg.Connection[Any]) -> None:
    for sealed in SEALED_COLUMNS:
        found = connection.execute(
            """
            SELECT array_agg(pg_attribute.attname::text ORDER BY array_position(pg_index.indkey, pg_attribute.attnum))
            FROM pg_index JOIN pg_attribute
              ON pg_attribute.attrelid = pg_index.indrelid AND pg_attribute.attnum = ANY(pg_index.indkey)
            WHERE pg_index.indisprimary AND pg_index.indrelid = %s::regclass
            """,
            [sealed.table],
        ).fetchone()
        assert found == (list(sealed.key),), sealed


def test_a_column_that_is_re_sealed_has_one_key_column() -> None:
    """`core/queries/sealed_columns.py` pages by it."""
    assert [sealed for sealed in SEALED_COLUMNS if not sealed.expires and len(sealed.key) > 1] == []
