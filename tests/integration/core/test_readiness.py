"""`/health/ready`: ready while PostgreSQL serves a schema that this version knows, and while the process stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from tests.support.classroom import Classroom

from coursify.core import draining
from coursify.migrations.revisions import find_head

pytestmark = pytest.mark.anyio


@contextmanager
def changed_schema(owner_url: str, revision: str, compatible_from: str) -> Iterator[None]:
    """The database as another version's migration leaves it, until the block ends."""
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("UPDATE alembic_version SET version_num = %s, compatible_from = %s", [revision, compatible_from])
        try:
            yield
        finally:
            db.execute("UPDATE alembic_version SET version_num = %s, compatible_from = '0027'", [find_head()])


@pytest.fixture
def owner_url(environment: dict[str, str]) -> str:
    return environment["DATABASE_OWNER_URL"]


async def test_ready_names_its_parts(classroom: Classroom) -> None:
    answer = await classroom.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["data"] | {"redis": "?"} == {
        "postgresql": "up",
        "schema": "served",
        "redis": "?",
        "process": "serving",
    }


@pytest.mark.parametrize(
    ("revision", "compatible_from", "status", "schema"),
    [
        ("0001", "0027", 503, "behind"),
        ("9998", "0027", 200, "compatible"),
        ("9998", find_head(), 200, "compatible"),
        ("9998", "9997", 503, "ahead"),
    ],
)
async def test_an_older_or_incompatible_schema_is_not_ready(
    classroom: Classroom, owner_url: str, revision: str, compatible_from: str, status: int, schema: str
) -> None:
    with changed_schema(owner_url, revision, compatible_from):
        answer = await classroom.client.get("/health/ready")
    assert answer.status_code == status
    body = answer.json()
    parts = body["data"] if status == 200 else body["error"]["parts"]
    assert parts["schema"] == schema
    if status == 503:
        assert (body["success"], body["error"]["code"]) == (False, "not_ready")
        assert body["error"]["requestId"] == answer.headers["x-request-id"]
        assert answer.headers["retry-after"] == "1"


async def test_a_missing_schema_is_behind(classroom: Classroom, owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("ALTER TABLE alembic_version RENAME TO hidden")
        try:
            answer = await classroom.client.get("/health/ready")
        finally:
            db.execute("ALTER TABLE hidden RENAME TO alembic_version")
    assert (answer.status_code, answer.json()["error"]["parts"]["schema"]) == (503, "behind")


async def test_a_draining_process_is_not_ready_and_serves(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "_draining", draining.threading.Event())
    draining.begin_draining()
    answer = await classroom.client.get("/health/ready")
    assert (answer.status_code, answer.json()["error"]["parts"]["process"]) == (503, "draining")
    assert (await classroom.client.get("/api/v1/courses")).status_code == 200


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "anything.example", ""])
async def test_health_is_answered_under_any_host(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/health/live", "/health/ready"):
        assert (await client.get(path, headers={"Host": host})).status_code == 200
    assert (await client.get("/api/v1/courses", headers={"Host": host})).status_code == 400


async def test_the_application_may_not_change_what_its_schema_is(environment: dict[str, str]) -> None:
    with psycopg.connect(environment["DATABASE_URL"]) as db:
        for statement in (
            "UPDATE alembic_version SET compatible_from = '0001'",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(statement)
            db.rollback()
