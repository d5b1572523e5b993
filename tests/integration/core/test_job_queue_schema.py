"""The job queue's tables and functions in the migrated database are those of the installed Procrastinate."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from tests.support.servers import ServerAddresses

CATALOG = """
SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname LIKE 'procrastinate%'
UNION ALL
SELECT format('%s.%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull, pg_get_expr(adbin, adrelid))
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relname LIKE 'procrastinate%' AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conname LIKE 'procrastinate%'
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON oid = indrelid WHERE relname LIKE 'procrastinate%'
UNION ALL
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'procrastinate%'
UNION ALL
SELECT format('%s %s %s', typname, enumlabel, enumsortorder) FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
ORDER BY definition
"""


@pytest.fixture
def queue_url(servers: ServerAddresses, worker_number: int) -> Iterator[str]:
    """A database with nothing but the library's own schema."""
    name = f"coursify_queue_{worker_number}"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    url = servers.owner_url_for(name)
    with psycopg.connect(url) as db:
        db.execute(SchemaManager.get_schema())
    yield url
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def catalog(url: str) -> list[str]:
    with psycopg.connect(url) as db:
        return [str(definition) for (definition,) in db.execute(CATALOG).fetchall()]


def test_an_upgrade_of_procrastinate_comes_with_a_revision(
    servers: ServerAddresses, database_name: str, queue_url: str
) -> None:
    """When this fails, a new revision runs what the library ships in `procrastinate/sql/migrations`."""
    library = catalog(queue_url)
    assert len(library) > 50
    assert catalog(servers.owner_url_for(database_name)) == library
