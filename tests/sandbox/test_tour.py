"""`coursify tour` succeeds only when every step does; otherwise it prints the failed step and what it got."""

from __future__ import annotations

import json
import subprocess
import sys
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
from coursify_sandbox.tour import context, tour
from coursify_sandbox.tour.output import TourOutput
from coursify_sandbox.tour.run_tour import STEPS, run_tour
from coursify_sandbox.tour.steps import media

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
class ChangingTransport(httpx.BaseTransport):
    """Changes the responses to requests with this method whose path contains `path`."""

    method: str
    path: str
    change: Callable[[Json], object]
    inner: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        if request.method != self.method or self.path not in request.url.raw_path.decode():
            return response
        response.read()
        body = response.json()
        changed = self.change(body)
        status = changed if isinstance(changed, int) else response.status_code
        return httpx.Response(status, json=body)

    def close(self) -> None:
        self.inner.close()


@pytest.fixture
def without_video(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transcoding takes longer than all other steps."""
    monkeypatch.setattr(media, "find_ffmpeg", lambda _configured: None)


def run_and_record(run_file: RunFile, transport: httpx.BaseTransport | None = None) -> tuple[bool, str]:
    console = Console(record=True, width=300, file=StringIO())
    has_succeeded = run_tour(run_file, TourOutput(console), transport=transport)
    return has_succeeded, console.export_text()


@pytest.mark.slow
def test_the_tour_succeeds_twice(story: Story) -> None:
    for _ in range(2):
        completed = subprocess.run(
            [sys.executable, "-m", "coursify", "tour", "--data-dir", str(story.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert completed.returncode == 0, completed.stdout + completed.stderr
        assert f"All {len(STEPS)} steps succeeded" in completed.stdout


@pytest.mark.usefixtures("without_video")
@pytest.mark.parametrize(
    ("method", "path", "change", "step"),
    [
        (
            "POST",
            "/submit",
            lambda body: body["data"].update(status="published"),
            "The instructor submits the course for approval.",
        ),
        ("GET", "/courses?search", lambda body: body["data"].clear(), "The student finds the course by search."),
        ("POST", "/enrollments", lambda _body: 201, "The preview is open; the other lessons must be bought."),
        ("GET", "/access/explain", lambda body: body["data"].update(mayLearn=True), "The preview is open"),
        ("POST", "/payments", lambda body: body["data"]["payment"].update(amount=1), "The student starts a payment"),
        ("POST", "/confirm", lambda _body: 200, "The first card is declined"),
        ("PUT", "/progress", lambda body: body["data"].update(progress=99), "The student completes every lesson"),
        ("GET", "/reviews", lambda body: body.pop("meta"), "The student writes a review, which counts at once."),
        ("GET", "/_control/ledger", lambda body: body["payment_intents"].clear(), "Stripe's ledger and ours agree."),
    ],
)
def test_a_wrong_response_ends_the_tour_at_its_step(
    story: Story, method: str, path: str, change: Callable[[Json], object], step: str
) -> None:
    has_succeeded, output = run_and_record(story.run, ChangingTransport(method, path, change, httpx.HTTPTransport()))
    number = next(number for number, known in enumerate(STEPS, start=1) if known.sentence.startswith(step))
    assert not has_succeeded
    assert f"✗ Step {number} failed: {step}" in output
    assert output.rstrip().splitlines()[-2].strip().startswith("expected")
    assert output.rstrip().splitlines()[-1].strip().startswith("got")


@pytest.mark.slow
@pytest.mark.usefixtures("without_video")
def test_a_payment_that_never_succeeds_ends_the_tour_after_the_timeout(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a worker that an earlier test killed to start again.
    monkeypatch.setattr(context, "TIMEOUT_SECONDS", 6.0)
    transport = ChangingTransport(
        "GET", "/payments/", lambda body: body["data"].update(status="pending"), httpx.HTTPTransport()
    )
    has_succeeded, output = run_and_record(story.run, transport)
    assert not has_succeeded
    assert "failed: The first card" in output or "failed: The second card" in output
    assert "got       a payment with status pending" in output


@pytest.mark.usefixtures("without_video")
def test_without_a_worker_the_tour_reports_a_missing_email(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(context, "TIMEOUT_SECONDS", 2.0)
    monkeypatch.setenv("COLUMNS", "300")
    story.system.kill("worker")
    try:
        with pytest.raises(SystemExit) as stopped:
            tour(data_dir=story.folder)
    finally:
        story.system.start("worker")
    output = capsys.readouterr().out
    assert stopped.value.code == 1
    assert "failed: A student signs up and gets a welcome email." in output
    assert "got       no such email; is the worker running?" in output


def test_without_a_sandbox_the_tour_prints_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        tour(data_dir=tmp_path)
    assert stopped.value.code == 1
    assert "No sandbox is running" in capsys.readouterr().out


def test_without_the_stand_ins_the_tour_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_file = {"api": "http://127.0.0.1:1", "stripe": None, "mailbox": None, "accounts": []}
    (tmp_path / "run.json").write_text(json.dumps(run_file))
    with pytest.raises(SystemExit) as stopped:
        tour(data_dir=tmp_path)
    assert stopped.value.code == 1
    assert "needs the Stripe stand-in and the mailbox" in capsys.readouterr().out


def test_an_unreachable_api_is_reported() -> None:
    address = "http://127.0.0.1:1"
    run_file = {"api": address, "stripe": address, "mailbox": address, "accounts": []}
    has_succeeded, output = run_and_record(run_file)
    assert not has_succeeded
    assert "✗ Step 1 failed" in output
    assert "a response from http://127.0.0.1:1/api/v1/users/register" in output
