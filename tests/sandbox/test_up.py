"""`coursify up`, the real thing: it comes up, keeps its parts alive, survives its own death and leaves nothing."""

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
from coursify_sandbox.supervisor.stale_processes import start_time

PARTS = ("postgres", "redis", "stripe", "mailbox", "api", "worker")
OUTSIDE = ("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY", "SMTP_URL", "ENVIRONMENT")


@dataclass
class Sandbox:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float) -> float:
        """Start it and return how long it took until run.json was there."""
        began = time.monotonic()
        with (self.folder.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(self.command("up", "--empty", "--port", str(self.port)), stdout=log)
        assert eventually((self.folder / "run.json").exists, seconds), self.said()
        return time.monotonic() - began

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "coursify", *words, "--data-dir", str(self.folder)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=60)

    def run_file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        return content

    def pids(self, part: str) -> list[int]:
        found = self.run_file()["pids"][part]
        return found if isinstance(found, list) else [found]

    def said(self) -> str:
        return (self.folder.parent / "up.log").read_text()

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        return False


def eventually(is_so: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    made = Sandbox(tmp_path / "data", free_port())
    yield made
    if made.process and made.process.poll() is None:
        made.process.terminate()
        made.process.wait(15)
    made.run("reset")


def test_it_comes_up_keeps_its_parts_alive_and_survives_its_own_death(sandbox: Sandbox) -> None:
    sandbox.start(seconds=60)
    accounts = _everything_is_there(sandbox)
    _a_second_one_is_refused(sandbox)
    _parts_that_die_return(sandbox)
    _a_part_is_stopped_on_purpose(sandbox)
    _nothing_survives_a_hard_kill(sandbox)

    warm = sandbox.start(seconds=30)
    assert warm < 15, "a warm start is ready within 10 s on a quiet machine"
    assert sandbox.run_file()["accounts"] == accounts
    _it_stops_within_ten_seconds(sandbox)


def _everything_is_there(sandbox: Sandbox) -> list[dict[str, str]]:
    run_file = sandbox.run_file()
    assert sandbox.is_ready()
    assert (sandbox.folder / "run.json").stat().st_mode & 0o777 == 0o600
    assert all(start_time(pid) for part in PARTS for pid in sandbox.pids(part))
    accounts: list[dict[str, str]] = run_file["accounts"]
    assert [account["role"] for account in accounts] == ["admin", "instructor", "student"]
    said = sandbox.said()
    for value in (run_file["api"], run_file["docs"], run_file["mailbox"], run_file["stripe"], "coursify tour"):
        assert value in said
    for account in accounts:
        assert account["email"] in said
        assert account["password"] in said
    return accounts


def _a_second_one_is_refused(sandbox: Sandbox) -> None:
    again = sandbox.run("up", "--port", str(free_port()))
    assert again.returncode == 1
    assert f"already runs at {sandbox.run_file()['api']}" in again.stdout
    beside = Sandbox(sandbox.folder.parent / "beside", sandbox.port)
    refused = beside.run("up", "--port", str(sandbox.port))
    assert refused.returncode == 1
    assert f"Port {sandbox.port} of 127.0.0.1 is in use" in refused.stdout


def _parts_that_die_return(sandbox: Sandbox) -> None:
    for part in PARTS:
        killed = sandbox.pids(part)
        os.kill(killed[0], signal.SIGKILL)
        assert eventually(partial(_is_replaced, sandbox, part, killed), seconds=5), part
    assert eventually(sandbox.is_ready, seconds=15), sandbox.said()


def _is_replaced(sandbox: Sandbox, part: str, killed: list[int]) -> bool:
    now = [pid for pid in sandbox.pids(part) if pid is not None]
    return bool(now) and not set(now) & set(killed) and all(start_time(pid) for pid in now)


def _a_part_is_stopped_on_purpose(sandbox: Sandbox) -> None:
    assert sandbox.run("sandbox", "stop", "worker").returncode == 0
    assert eventually(lambda: not sandbox.pids("worker"), seconds=3)
    assert sandbox.run("sandbox", "start", "worker").returncode == 0
    assert eventually(lambda: sandbox.pids("worker"), seconds=3)


def _nothing_survives_a_hard_kill(sandbox: Sandbox) -> None:
    assert sandbox.process
    pids = [pid for part in PARTS for pid in sandbox.pids(part)]
    sandbox.process.kill()
    sandbox.process.wait()
    assert eventually(lambda: not any(start_time(pid) for pid in pids), seconds=10)
    assert eventually(lambda: not (sandbox.folder / "run.json").exists(), seconds=2)


def _it_stops_within_ten_seconds(sandbox: Sandbox) -> None:
    assert sandbox.process
    pids = [pid for part in PARTS for pid in sandbox.pids(part)]
    sandbox.process.terminate()
    assert sandbox.process.wait(10) == 0
    assert not any(start_time(pid) for pid in pids)
    assert not (sandbox.folder / "run.json").exists()
    assert sandbox.run("reset").returncode == 0
    assert not sandbox.folder.exists()
