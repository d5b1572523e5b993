"""`coursify up` starts the whole system, restarts processes that end, recovers from a hard kill and stops cleanly."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from coursify_sandbox.ports import free_port
from coursify_sandbox.redis import find_redis_binary
from coursify_sandbox.supervisor.stale_processes import start_time

PROCESSES = ("postgres", *(["redis"] if find_redis_binary() else []), "stripe", "mailbox", "api", "worker")
EXTERNAL_SERVICES = ("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY", "SMTP_URL", "ENVIRONMENT")


@dataclass
class Sandbox:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float) -> float:
        """Start it and return after how many seconds run.json existed."""
        start = time.monotonic()
        with (self.folder.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(self.command("up", "--empty", "--port", str(self.port)), stdout=log)
        assert eventually((self.folder / "run.json").exists, seconds), self.read_output()
        return time.monotonic() - start

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "coursify", *arguments, "--data-dir", str(self.folder)]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False, timeout=60)

    def run_file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        return content

    def pids(self, name: str) -> list[int]:
        found = self.run_file()["pids"][name]
        return found if isinstance(found, list) else [found]

    def read_output(self) -> str:
        return (self.folder.parent / "up.log").read_text()

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        return False


def eventually(condition: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    for name in EXTERNAL_SERVICES:
        monkeypatch.delenv(name, raising=False)
    created = Sandbox(tmp_path / "data", free_port())
    yield created
    if created.process and created.process.poll() is None:
        created.process.terminate()
        created.process.wait(15)
    created.run("reset")


@pytest.mark.slow
def test_it_starts_restarts_processes_recovers_from_a_kill_and_stops(sandbox: Sandbox) -> None:
    sandbox.start(seconds=120)
    accounts = _check_that_everything_runs(sandbox)
    _check_that_a_second_start_fails(sandbox)
    _check_that_killed_processes_are_restarted(sandbox)
    _check_that_a_process_can_be_stopped_and_started(sandbox)
    _check_that_no_process_survives_a_hard_kill(sandbox)

    sandbox.start(seconds=120)
    assert sandbox.run_file()["accounts"] == accounts
    _check_that_it_stops_within_ten_seconds(sandbox)


def _check_that_everything_runs(sandbox: Sandbox) -> list[dict[str, str]]:
    run_file = sandbox.run_file()
    assert sandbox.is_ready()
    assert (sandbox.folder / "run.json").stat().st_mode & 0o777 == 0o600
    assert all(start_time(pid) for name in PROCESSES for pid in sandbox.pids(name))
    accounts: list[dict[str, str]] = run_file["accounts"]
    assert [account["role"] for account in accounts] == ["admin", "instructor", "student"]
    # run.json is there a moment before the last lines are printed.
    assert eventually(lambda: "coursify tour" in sandbox.read_output(), seconds=5)
    output = sandbox.read_output()
    for value in (
        run_file["api"],
        run_file["docs"],
        run_file["demo"],
        run_file["mailbox"],
        run_file["stripe"],
        "coursify tour",
    ):
        assert value in output
    for account in accounts:
        assert account["email"] in output
        assert account["password"] in output
    return accounts


def _check_that_a_second_start_fails(sandbox: Sandbox) -> None:
    second = sandbox.run("up", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"already running at {sandbox.run_file()['api']}" in second.stdout
    other = Sandbox(sandbox.folder.parent / "other", sandbox.port)
    failed = other.run("up", "--port", str(sandbox.port))
    assert failed.returncode == 1
    assert f"Port {sandbox.port} of 127.0.0.1 is in use" in failed.stdout


def _check_that_killed_processes_are_restarted(sandbox: Sandbox) -> None:
    for name in PROCESSES:
        # A process that lost its database may be starting again just now.
        assert eventually(partial(_runs, sandbox, name), seconds=30), name
        killed = sandbox.pids(name)
        os.kill(killed[0], signal.SIGKILL)
        assert eventually(partial(_is_replaced, sandbox, name, killed), seconds=30), name
    assert eventually(sandbox.is_ready, seconds=60), sandbox.read_output()


def _runs(sandbox: Sandbox, name: str) -> bool:
    current = [pid for pid in sandbox.pids(name) if pid is not None]
    return bool(current) and all(start_time(pid) for pid in current)


def _is_replaced(sandbox: Sandbox, name: str, killed: list[int]) -> bool:
    current = [pid for pid in sandbox.pids(name) if pid is not None]
    return bool(current) and not set(current) & set(killed) and all(start_time(pid) for pid in current)


def _check_that_a_process_can_be_stopped_and_started(sandbox: Sandbox) -> None:
    assert sandbox.run("sandbox", "stop", "worker").returncode == 0
    assert eventually(lambda: not sandbox.pids("worker"), seconds=20)
    assert sandbox.run("sandbox", "start", "worker").returncode == 0
    assert eventually(lambda: sandbox.pids("worker"), seconds=20)


def _check_that_no_process_survives_a_hard_kill(sandbox: Sandbox) -> None:
    assert sandbox.process
    pids = [pid for name in PROCESSES for pid in sandbox.pids(name)]
    sandbox.process.kill()
    sandbox.process.wait()
    assert eventually(lambda: not any(start_time(pid) for pid in pids), seconds=10)
    assert eventually(lambda: not (sandbox.folder / "run.json").exists(), seconds=2)


def _check_that_it_stops_within_ten_seconds(sandbox: Sandbox) -> None:
    assert sandbox.process
    pids = [pid for name in PROCESSES for pid in sandbox.pids(name)]
    sandbox.process.terminate()
    assert sandbox.process.wait(10) == 0
    assert not any(start_time(pid) for pid in pids)
    assert not (sandbox.folder / "run.json").exists()
    assert sandbox.run("reset").returncode == 0
    assert not sandbox.folder.exists()
