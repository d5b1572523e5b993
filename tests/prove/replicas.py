"""Two API processes over one database and one Redis, as behind a load balancer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.support.plain_http import PLAIN
from tests.support.servers import TestRedis, start_test_redis
from tests.support.stripe_standin import free_port

READY_WITHIN = 90.0


@dataclass
class Replicas:
    """Their addresses and processes, and the Redis that they share; a test may stop each."""

    urls: tuple[str, str]
    redis: TestRedis
    processes: list[subprocess.Popen[bytes]]


@contextmanager
def start_replicas(environment: dict[str, str], folder: Path, **settings: str) -> Iterator[Replicas]:
    """Starts two processes with the same token keys; `settings` override the environment."""
    redis = start_test_redis(folder)
    ports = free_port(), free_port()
    variables = os.environ | environment | {"REDIS_URL": redis.url(), "LOG_LEVEL": "WARNING"} | settings
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for port in ports:
            with (folder / f"serve-{port}.log").open("ab") as log:
                command = [sys.executable, "-m", "coursify", "serve", "--port", str(port)]
                processes.append(subprocess.Popen(command, env=variables, stdout=log, stderr=log))
        urls = f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
        for url in urls:
            _wait_until_ready(url)
        yield Replicas(urls, redis, processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        redis.stop()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            if httpx.get(f"{url}/health/ready", **PLAIN).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, f"{url} is not ready"
        time.sleep(0.05)
