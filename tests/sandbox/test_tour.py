"""`coursify tour` says yes only when every step did what it says, and otherwise which one did not, and what came."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from tests.support.mailbox import Mailbox
from tests.support.servers import ServerAddresses
from tests.support.story import Story, run_story

from coursify_sandbox.run_file import RunFile
from coursify_sandbox.tour import stage, tour
from coursify_sandbox.tour.play import STEPS, play
from coursify_sandbox.tour.teller import Teller

Json = dict[str, Any]


@pytest.fixture(scope="module")
def story(
    environment: dict[str, str],
    servers: ServerAddresses,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    with run_story(environment, servers, mailbox, tmp_path_factory.mktemp("tour")) as running:
        yield running


@dataclass
class Falsifier(httpx.BaseTransport):
    """Stands between the tour and the world, and changes the answers to requests like `method` and `path`."""

    method: str
    path: str
    change: Callable[[Json], object]
    world: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.world.handle_request(request)
        if request.method != self.method or self.path not in request.url.raw_path.decode():
            return response
        response.read()
        body = response.json()
        changed = self.change(body)
        status = changed if isinstance(changed, int) else response.status_code
        return httpx.Response(status, json=body)

    def close(self) -> None:
        self.world.close()


def play_and_listen(run: RunFile, transport: httpx.BaseTransport | None = None) -> tuple[bool, str]:
    console = Console(record=True, width=300, file=StringIO())
    did_well = play(run, Teller(console), transport=transport)
    return did_well, console.export_text()


def test_the_tour_plays_twice_in_a_row_in_time(story: Story) -> None:
    for _ in range(2):
        began = time.monotonic()
        played = subprocess.run(
            [sys.executable, "-m", "coursify", "tour", "--data-dir", str(story.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert played.returncode == 0, played.stdout + played.stderr
        assert f"All {len(STEPS)} steps did what they say" in played.stdout
        assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("method", "path", "change", "step"),
    [
        ("POST", "/submit", lambda body: body["data"].update(status="published"), "She hands it in."),
        ("GET", "/courses?search", lambda body: body["data"].clear(), "The student finds the course by a search."),
        ("POST", "/enrollments", lambda _body: 201, "The preview opens; behind it stands the price."),
        ("GET", "/access/explain", lambda body: body["data"].update(mayLearn=True), "The preview opens"),
        ("POST", "/payments", lambda body: body["data"]["payment"].update(amount=1), "The student begins to pay"),
        ("POST", "/confirm", lambda _body: 200, "The first card is declined"),
        ("PUT", "/progress", lambda body: body["data"].update(progress=99), "The student completes every lesson."),
        ("GET", "/reviews", lambda body: body.pop("meta"), "The student writes a review, which counts at once."),
        ("GET", "/_control/ledger", lambda body: body["payment_intents"].clear(), "Stripe's books and ours agree."),
    ],
)
def test_a_falsified_answer_ends_the_tour_at_its_step(
    story: Story, method: str, path: str, change: Callable[[Json], object], step: str
) -> None:
    did_well, told = play_and_listen(story.run, Falsifier(method, path, change, httpx.HTTPTransport()))
    number = next(number for number, known in enumerate(STEPS, start=1) if known.sentence.startswith(step))
    assert not did_well
    assert f"✗ Step {number} failed: {step}" in told
    assert told.rstrip().splitlines()[-2].strip().startswith("expected")
    assert told.rstrip().splitlines()[-1].strip().startswith("came")


def test_a_payment_that_never_succeeds_ends_the_tour_after_a_while(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than a worker that another test has just killed takes to be back.
    monkeypatch.setattr(stage, "PATIENCE_SECONDS", 6.0)
    forever = Falsifier("GET", "/payments/", lambda body: body["data"].update(status="pending"), httpx.HTTPTransport())
    did_well, told = play_and_listen(story.run, forever)
    assert not did_well
    assert "✗ Step 9 failed" in told or "✗ Step 10 failed" in told
    assert "came      a payment that is pending" in told


def test_without_a_worker_no_letter_comes_and_the_tour_says_so(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stage, "PATIENCE_SECONDS", 2.0)
    monkeypatch.setenv("COLUMNS", "300")
    story.system.kill("worker")
    try:
        with pytest.raises(SystemExit) as left:
            tour(data_dir=story.folder)
    finally:
        story.system.start("worker")
    told = capsys.readouterr().out
    assert left.value.code == 1
    assert "✗ Step 5 failed: A student signs up, and a welcome letter arrives." in told
    assert "came      no such letter; is the worker running?" in told


def test_without_a_sandbox_the_tour_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        tour(data_dir=tmp_path)
    assert left.value.code == 1
    assert "No sandbox is running" in capsys.readouterr().out


def test_without_the_stand_ins_the_tour_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = {"api": "http://127.0.0.1:1", "stripe": None, "mailbox": None, "accounts": []}
    (tmp_path / "run.json").write_text(json.dumps(run))
    with pytest.raises(SystemExit) as left:
        tour(data_dir=tmp_path)
    assert left.value.code == 1
    assert "needs the Stripe stand-in and the mailbox" in capsys.readouterr().out


def test_a_system_that_is_gone_is_named() -> None:
    run = {"api": "http://127.0.0.1:1", "stripe": "http://127.0.0.1:1", "mailbox": "http://127.0.0.1:1", "accounts": []}
    did_well, told = play_and_listen(run)
    assert not did_well
    assert "✗ Step 1 failed" in told
    assert "an answer from http://127.0.0.1:1/api/v1/users/register" in told
