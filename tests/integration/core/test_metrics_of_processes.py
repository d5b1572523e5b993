"""Several processes behind one port count together, also when one of them was killed; the worker has a port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.integration.core.test_metrics import value

from coursify_sandbox.ports import free_port

REQUESTS = 40


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "coursify", *arguments],
        env={**os.environ, **environment, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(check: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if check():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not become true in time")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.slow
def test_two_processes_count_together_and_a_killed_one_is_not_lost(environment: dict[str, str], clean: None) -> None:
    port = free_port()
    with (
        running(environment, "serve", "--port", str(port), "--workers", "2") as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Host": "testserver"}) as client,
    ):

        def scrape() -> str:
            return client.get("/metrics", headers={"Connection": "close"}).text

        def counted() -> float:
            return value(scrape(), "coursify_http_request_duration_seconds_count", operation="list_courses")

        wait_for(lambda: client.get("/health/live").status_code == 200)
        for _ in range(REQUESTS):
            # A new connection each, so that both processes serve some.
            assert client.get("/api/v1/courses", headers={"Connection": "close"}).status_code == 200
        wait_for(lambda: counted() == REQUESTS)
        two = value(scrape(), "coursify_db_pool_max_connections", pool="transaction")
        os.kill(children_of(server.pid)[-1], signal.SIGKILL)
        wait_for(lambda: counted() == REQUESTS)
        wait_for(lambda: value(scrape(), "coursify_db_pool_max_connections", pool="transaction") == two)


@pytest.mark.slow
def test_the_worker_serves_its_own_metrics(environment: dict[str, str], clean: None) -> None:
    port = free_port()
    with running({**environment, "METRICS_LISTEN": f"127.0.0.1:{port}"}, "worker"):

        def has_run_jobs() -> bool:
            text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
            return value(text, "coursify_db_pool_max_connections", pool="read") > 0

        wait_for(has_run_jobs)
        assert httpx.get(f"http://127.0.0.1:{port}/other", trust_env=False).status_code == 404
