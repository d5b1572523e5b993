"""`coursify serve` as a process: it says where it listens, and on SIGTERM it serves until no one asks it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.support.plain_http import PLAIN

from coursify_sandbox.ports import free_port

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60


@contextmanager
def serving(environment: dict[str, str], output: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Its lines go to a file: a pipe that nobody reads is full after some hundred requests, and stops the process."""
    port = free_port()
    command = [sys.executable, "-m", "coursify", "serve", "--port", str(port), *words]
    with output.open("wb") as lines:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=lines)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while ready(url) != 200:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process, url
    finally:
        process.kill()
        process.wait()


def ready(url: str) -> int:
    try:
        return httpx.get(f"{url}/health/ready", **PLAIN).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["one process", "two processes"])
def test_a_terminated_api_is_not_ready_serves_on_and_ends_well(
    environment: dict[str, str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    output = tmp_path / "lines"
    patient = environment | {"SHUTDOWN_DELAY_SECONDS": "4", "LOG_LEVEL": "INFO"}
    with serving(patient, output, *words) as (process, url):
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        while ready(url) != 503:
            assert time.monotonic() - began < 2
            time.sleep(0.05)
        served = 0
        # Each request has a connection of its own, so that every process is asked.
        while time.monotonic() - began < 3:
            assert httpx.get(f"{url}/health/live", **PLAIN).status_code == 200
            assert ready(url) == 503
            served += 1
        assert served > 3
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
        assert time.monotonic() - began >= 4
        events = [json.loads(line) for line in output.read_text().splitlines()]
    told = [event for event in events if event["event"] in {"serving", "draining", "stopping", "stopped"}]
    assert [event["event"] for event in told] == ["serving", "draining", "stopping", "stopped"]
    assert (told[0]["url"], told[0]["workers"]) == (url, len(words) or 1)
    assert told[0]["version"]
    assert sum(event.get("route") == "/health/live" for event in events) == served


def test_a_second_signal_and_ctrl_c_do_not_wait(environment: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "lines"
    patient = environment | {"SHUTDOWN_DELAY_SECONDS": "300", "LOG_FORMAT": "text", "LOG_LEVEL": "INFO"}
    for signals in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT,)):
        with serving(patient, output) as (process, url):
            for number in signals:
                process.send_signal(number)
                time.sleep(0.5)
            assert process.wait(timeout=PATIENCE_SECONDS) == 0
            lines = output.read_text().splitlines()
        assert f" INFO    serving url={url} version=" in lines[0]
        assert lines[-1].endswith(" INFO    stopped")


def test_a_port_that_is_taken_is_named_in_one_sentence(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for words in ((), ("--workers", "2")):
            failed = subprocess.run(
                [sys.executable, "-m", "coursify", "serve", "--port", port, *words],
                env=os.environ | environment,
                capture_output=True,
                text=True,
                check=False,
            )
            sentence = "cannot be listened on: another program listens there. Stop it, or choose another --port."
            assert (failed.returncode, failed.stderr) == (1, f"127.0.0.1:{port} {sentence}\n")
