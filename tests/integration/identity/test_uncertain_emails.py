"""An email that may have been sent is sent once more at most; a settled email is never sent again."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from tests.support.people import People

from coursify.core import mail
from coursify.core.mailer import MailUnavailable, MailUncertain
from coursify.resources import Resources
from coursify.worker import EMAILS

pytestmark = pytest.mark.anyio

STATE = "SELECT state FROM email_deliveries"


@pytest.fixture
def sent(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> list[Exception | None]:
    """What the provider does with each email in turn; None accepts it."""
    fates: list[Exception | None] = []

    async def send(_email: Any) -> str:
        fate = fates.pop(0)
        if fate:
            raise fate
        return "taken"

    monkeypatch.setattr(resources.mailer, "send", send)
    return fates


async def _deliver(people: People, resources: Resources) -> None:
    delivery_id = await people.value("SELECT id FROM email_deliveries")
    with contextlib.suppress(MailUnavailable, MailUncertain):
        await mail.send_email(resources, EMAILS, delivery_id)


async def test_two_attempts_without_an_answer_are_for_a_person_whatever_came_between(
    people: People, resources: Resources, sent: list[Exception | None]
) -> None:
    await people.sign_up()
    sent += [MailUncertain(), MailUnavailable(), MailUncertain(), None]
    for _ in range(5):
        await _deliver(people, resources)
    assert await people.value(STATE) == "unknown"
    assert sent == [None]


async def test_an_uncertain_email_is_sent_once_more(
    people: People, resources: Resources, sent: list[Exception | None]
) -> None:
    await people.sign_up()
    sent += [MailUncertain(), None]
    for _ in range(3):
        await _deliver(people, resources)
    assert await people.value(STATE) == "accepted"


async def test_a_worker_that_was_paused_does_not_take_an_email_back(
    people: People, resources: Resources, sent: list[Exception | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.sign_up()
    delivery_id = await people.value("SELECT id FROM email_deliveries")

    async def pause(_email: Any) -> str:
        await people.db.execute("UPDATE email_deliveries SET state = 'accepted', settled_at = now()")
        raise MailUnavailable

    monkeypatch.setattr(resources.mailer, "send", pause)
    with pytest.raises(MailUnavailable):
        await mail.send_email(resources, EMAILS, delivery_id)
    assert await people.value(STATE) == "accepted"
