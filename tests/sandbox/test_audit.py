"""`coursify audit` prints each invariant and the rows that break it, and returns an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.support.school import fill_small_school, own_database
from tests.support.servers import ServerAddresses

from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(servers: ServerAddresses) -> Iterator[str]:
    with own_database(servers) as name:
        yield name


def run_audit(database_url: str | None, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"COURSIFY_DATA_DIR": str(folder), "COLUMNS": "200"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    return subprocess.run(
        [sys.executable, "-m", "coursify", "audit"], env=environment, capture_output=True, text=True, check=False
    )


async def test_it_reports_a_broken_invariant_and_fails(
    servers: ServerAddresses, settings: Settings, database: str, tmp_path: Path
) -> None:
    async with await psycopg.AsyncConnection.connect(servers.owner_url_for(database)) as db:
        await fill_small_school(db, settings, students=2, now=datetime.now(UTC))
        await db.commit()
        intact = run_audit(servers.app_url_for(database), tmp_path)
        await db.execute("UPDATE courses SET lesson_count = lesson_count + 1 WHERE title = 'Rust in Practice'")
        await db.commit()
        broken = run_audit(servers.app_url_for(database), tmp_path)
    assert intact.returncode == 0, intact.stdout
    assert "✗" not in intact.stdout
    assert broken.returncode == 1
    assert broken.stdout.count("✗") == 1
    assert "✗ I-28 A course's live lessons stand at 1..n" in broken.stdout
    assert "lesson_count=6" in broken.stdout


def test_a_missing_database_url_is_reported(tmp_path: Path) -> None:
    completed = run_audit(None, tmp_path)
    assert completed.returncode == 2
    assert "DATABASE_URL is not set, and no sandbox runs with its data in" in completed.stdout
    assert "Traceback" not in completed.stderr


def test_an_unreachable_database_is_not_reported_as_a_broken_invariant(tmp_path: Path) -> None:
    completed = run_audit("postgresql://nobody@127.0.0.1:1/nothing", tmp_path)
    assert completed.returncode == 2
    assert "cannot be queried" in completed.stdout
