"""The tour, end to end: a course is created, approved, found, bought, completed, reviewed and refunded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import psycopg
import pytest
from rich.console import Console
from tests.support.mailbox import Mailbox
from tests.support.servers import ServerAddresses
from tests.support.story import Story, run_story

from coursify.core.settings import Settings
from coursify.invariants.examine import examine
from coursify_sandbox.tour.output import TourOutput
from coursify_sandbox.tour.run_tour import run_tour

pytestmark = pytest.mark.anyio


@pytest.fixture
def story(
    environment: dict[str, str],
    servers: ServerAddresses,
    mailbox: Mailbox,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    mailbox.clear()
    with run_story(environment, servers, mailbox, tmp_path_factory.mktemp("story")) as running:
        yield running


async def test_a_student_buys_a_course_learns_and_gets_the_money_back(story: Story, mailbox: Mailbox) -> None:
    console = Console(record=True, width=200, file=StringIO())
    assert run_tour(story.run, TourOutput(console)), console.export_text()
    kinds = sorted((message["messageKey"].split(":")[0], message["to"].split("-")[0]) for message in mailbox.messages())
    assert kinds == [
        ("certificate", "student"),
        ("course_approved", "instructor"),
        ("enrollment", "student"),
        ("receipt", "student"),
        ("refund", "student"),
        ("welcome", "instructor"),
        ("welcome", "student"),
    ]
    async with await psycopg.AsyncConnection.connect(story.owner_url, autocommit=True) as db:
        findings = await examine(db, now=datetime.now(UTC))
    assert {finding.invariant.code: finding.rows for finding in findings if finding.is_broken} == {}
