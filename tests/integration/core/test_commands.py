"""Commands of operators: the first admin, failed jobs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio


async def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coursify", *words]
    return await asyncio.to_thread(
        subprocess.run, command, env=os.environ | environment, capture_output=True, text=True, check=False
    )


async def test_admins_add_makes_an_account_an_admin(classroom: Classroom, environment: dict[str, str]) -> None:
    ada = await classroom.person("student")
    [(email,)] = await classroom.rows("SELECT email FROM users")
    assert (await ada.get("/admin/users")).status_code == 403
    for _ in range(2):
        told = await _run(environment, "admins", "add", f" {email.upper()}")
        assert told.returncode == 0, told.stderr
    assert (await ada.get("/admin/users")).status_code == 200
    lines = await classroom.rows("SELECT details->>'by' FROM audit_log WHERE action = 'user.role_changed'")
    assert lines == [("command",)]
    unknown = await _run(environment, "admins", "add", "nobody@example.com")
    assert (unknown.returncode, "no such user" in unknown.stderr) == (1, True)


@pytest.mark.parametrize("words", [("migrate",), ("admins", "add", "ada@example.com")])
async def test_a_command_without_settings_prints_them_in_sentences(tmp_path: Path, words: tuple[str, ...]) -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")}
    variables |= {"DATABASE_POOL_SIZE": "one", "DATABASE_URL": "" if words == ("migrate",) else "postgresql://nowhere"}
    failed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "coursify", *words],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode == 1
    assert failed.stderr.startswith("The configuration is incomplete or wrong:\n")
    assert "DATABASE_POOL_SIZE: " in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "setting", "folder"),
    [
        ("serve", "MEDIA_FOLDER", "/dev/null"),
        ("serve --workers 2", "MEDIA_SCRATCH_FOLDER", "/dev/null/below"),
        ("worker", "MEDIA_FOLDER", "/proc/coursify"),
        ("worker", "MEDIA_SCRATCH_FOLDER", "/proc/coursify"),
    ],
)
async def test_a_folder_that_cannot_be_used_is_named_with_its_setting(
    environment: dict[str, str], command: str, setting: str, folder: str
) -> None:
    failed = await _run(environment | {setting: folder}, *command.split())
    assert failed.returncode == 1
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"{setting}: {folder} cannot be used as a folder: ")
    assert failed.stdout == ""


@pytest.mark.slow
async def test_failed_jobs_are_listed_and_retried(
    classroom: Classroom, shop: Shop, environment: dict[str, str]
) -> None:
    assert (await _run(environment, "jobs", "failed")).returncode == 0
    await classroom.db.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
        "VALUES ('default', 'identity.send_link', jsonb_build_object('request_id', %s::text), 'failed', 20)",
        [str(uuid4())],
    )
    listed = await _run(environment, "jobs", "failed")
    assert (listed.returncode, "identity.send_link" in listed.stdout) == (1, True)
    assert (await _run(environment, "jobs", "retry")).returncode == 0
    await shop.run_jobs()
    assert await classroom.rows("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == [(0,)]
    assert (await _run(environment, "jobs", "failed")).returncode == 0
