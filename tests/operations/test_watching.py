"""`make watch-check`: Debian's Prometheus scrapes a sandbox after its tour and its first backup; every panel shows
something, and the commands of every runbook work.

The school is empty but for the tour. COURSIFY_WATCH_DATA names a folder of data to use instead, whose sandbox must not
run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.house.sources import ROOT
from tests.support.doc_commands import blocks_of, run_block
from tests.support.prometheus import find_program

from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres_paths import find_binaries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_WATCH"), reason="make watch-check"),
]
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
GUIDE = ROOT / "docs" / "operations"
PAGES = [
    *sorted((GUIDE / "runbooks").glob("Coursify*.md")),
    *(GUIDE / f"{name}.md" for name in ("incidents", "retention", "rotate-keys")),
]
READY_WITHIN = 600.0
COUNTED_WITHIN = 600.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """A sandbox after its tour, and a Prometheus that has scraped it for a while."""

    run: Json
    prometheus: str

    @property
    def environment(self) -> dict[str, str]:
        return self.run["environment"] | {"API": self.run["api"], "METRICS_TOKEN": ""}

    def query(self, expression: str) -> list[Json]:
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": expression}, trust_env=False).json()
        assert answer["status"] == "success", answer
        return list(answer["data"]["result"])


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    given = os.environ.get("COURSIFY_WATCH_DATA")
    data = Path(given or folder / "data")
    port = free_port()
    sandbox = [sys.executable, "-m", "coursify", "up", "--data-dir", str(data), "--port", str(port)]
    sandbox += [] if given else ["--empty"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("COURSIFY_TEST")}
    with (folder / "up.log").open("wb") as log, subprocess.Popen(sandbox, env=own, stdout=log, stderr=log) as up:
        try:
            run = wait_for_run_file(data / "run.json", folder / "up.log")
            with scraping(folder, run) as prometheus, receiving_wal(own | run["environment"]):
                coursify(own | run["environment"], "backup", "full")
                coursify(own | run["environment"], "backup", "verify")
                coursify(own, "tour", "--data-dir", str(data))
                yield Watched(run, prometheus)
        finally:
            up.terminate()
            up.wait(60)


def coursify(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "coursify", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])


@contextmanager
def receiving_wal(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "coursify", "backup", "wal"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def wait_for_run_file(path: Path, log: Path) -> Json:
    deadline = time.monotonic() + READY_WITHIN
    while not path.is_file():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.5)
    return dict(json.loads(path.read_text()))


class scraping:  # noqa: N801  # a context manager
    def __init__(self, folder: Path, run: Json) -> None:
        self._folder, self._run = folder, run

    def __enter__(self) -> str:
        program = find_program("prometheus")
        assert program
        rules = ROOT / "deploy" / "prometheus" / "rules.yml"
        jobs = {
            "coursify-api": self._run["api"].removeprefix("http://"),
            "coursify-worker": self._run["environment"]["METRICS_LISTEN"],
        }
        configuration = {
            "global": {"scrape_interval": "2s", "evaluation_interval": "2s"},
            "rule_files": [str(rules)],
            "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": [target]}]} for name, target in jobs.items()
            ],
        }
        file = self._folder / "prometheus.json"
        file.write_text(json.dumps(configuration))
        address = f"127.0.0.1:{free_port()}"
        self._process = subprocess.Popen(
            [
                program,
                f"--config.file={file}",
                f"--storage.tsdb.path={self._folder / 'tsdb'}",
                f"--web.listen-address={address}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return f"http://{address}"

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def test_prometheus_reaches_the_api_and_the_worker(watched: Watched) -> None:
    assert {sample["metric"]["job"]: sample["value"][1] for sample in watched.query("up")} == {
        "coursify-api": "1",
        "coursify-worker": "1",
    }


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_shows_something(watched: Watched, path: Path) -> None:
    """Sales are counted by a periodic job, and a rise needs two samples of a series."""
    asked = {
        target["expr"]: panel["title"]
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
    }
    deadline = time.monotonic() + COUNTED_WITHIN
    while empty := {title: expression for expression, title in asked.items() if not watched.query(expression)}:
        assert time.monotonic() < deadline, empty
        time.sleep(5)


def test_a_system_without_faults_raises_no_alarm_about_money(watched: Watched) -> None:
    firing = {sample["metric"]["alertname"] for sample in watched.query('ALERTS{alertstate="firing"}')}
    assert not firing & {
        "CoursifyPaidNotGranted",
        "CoursifyPaymentsDrift",
        "CoursifyErrors",
        "CoursifyDatabaseDown",
        "CoursifyReconcilerBehind",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_runbook_works(watched: Watched, page: Path) -> None:
    blocks = blocks_of(page)
    assert blocks
    for block in blocks:
        run_block(block, environment=watched.environment, programs=(find_binaries(),))
