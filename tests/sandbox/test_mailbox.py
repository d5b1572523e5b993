"""The mailbox: as strict as SendGrid towards senders, plain towards readers, and it forgets nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.mailbox import start_mailbox

from coursify.core.mailer import Letter, MailRefused, MailUnavailable
from coursify.integrations.sendgrid import SendGrid
from coursify_sandbox.mailbox.app import create_app
from coursify_sandbox.mailbox.config import MailboxConfig

pytestmark = pytest.mark.anyio

KEY = "SG.test.key"
Body = dict[str, Any]


def mail(**changes: object) -> Body:
    body: Body = {
        "personalizations": [{"to": [{"email": "student@example.com", "name": "Sam"}]}],
        "from": {"email": "no-reply@example.com", "name": "Coursify"},
        "subject": "Welcome",
        "content": [
            {"type": "text/plain", "value": "Hello"},
            {"type": "text/html", "value": '<p>Hello <a href="http://testserver/x">there</a></p>'},
        ],
        "headers": {"X-Message-Key": "welcome:1"},
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    return tmp_path / "offset"


@pytest.fixture
async def box(tmp_path: Path, clock: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(MailboxConfig(0, tmp_path / "state", KEY, clock))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://127.0.0.1:9999",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    async with client:
        yield client


async def test_an_accepted_mail_can_be_read(box: httpx.AsyncClient) -> None:
    answer = await box.post("/v3/mail/send", json=mail())

    assert answer.status_code == 202
    assert answer.content == b""
    assert answer.headers["X-Message-Id"]
    (kept,) = (await box.get("/api/messages")).json()
    assert kept["to"] == "student@example.com"
    assert kept["from"] == "Coursify <no-reply@example.com>"
    assert (kept["subject"], kept["text"]) == ("Welcome", "Hello")
    assert kept["html"].startswith("<p>Hello")
    assert kept["headers"] == {"X-Message-Key": "welcome:1"}
    assert kept["messageKey"] == "welcome:1"
    assert kept["receivedAt"].endswith("Z")
    assert set(kept) == {"id", "to", "from", "subject", "text", "html", "headers", "messageKey", "receivedAt"}


async def test_a_reader_asks_for_one_address_and_empties_the_box(box: httpx.AsyncClient) -> None:
    to = [{"to": [{"email": "Ada@example.com"}]}, {"to": [{"email": "sam@example.com"}], "subject": "Yours"}]
    await box.post("/v3/mail/send", json=mail(personalizations=to))

    assert [found["to"] for found in (await box.get("/api/messages")).json()] == ["Ada@example.com", "sam@example.com"]
    assert len((await box.get("/api/messages", params={"to": "ada@EXAMPLE.com"})).json()) == 1
    (yours,) = (await box.get("/api/messages", params={"to": "sam@example.com"})).json()
    assert yours["subject"] == "Yours"
    assert (await box.delete("/api/messages")).status_code == 204
    assert (await box.get("/api/messages")).json() == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"personalizations": None}, "personalizations", "at least one personalization"),
        ({"personalizations": [{}]}, "personalizations.0.to", "The to array is required"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "personalizations.0.to.0.email", "valid address"),
        (
            {"personalizations": [{"to": [{"email": "a@example.com"}], "cc": [{"email": "A@example.com"}]}]},
            "personalizations.0",
            "first duplicate instance of [A@example.com]",
        ),
        ({"from": None}, "from.email", "The from object must be provided"),
        ({"subject": ""}, "subject", "The subject is required"),
        ({"content": None}, "content", "the content parameter is required"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value", "at least one character"),
        (
            {"content": [{"type": "text/html", "value": "<p>"}, {"type": "text/plain", "value": "x"}]},
            "content",
            "text/plain, then text/html",
        ),
        ({"headers": {"Reply-To": "x@example.com"}}, "headers.Reply-To", "reserved"),
        ({"headers": {"X-Evil": "a\r\nBcc: b@example.com"}}, "headers.X-Evil", "line breaks"),
        ({"custom_args": {"key": 1}}, "custom_args", "strings"),
        ({"categories": ["a", "a"]}, "categories", "unique"),
        ({"recipients": []}, "recipients", "Additional property recipients is not allowed"),
        ({"template_id": "d-1"}, "template_id", "does not model template_id"),
    ],
)
async def test_what_sendgrid_refuses_is_refused_in_its_shape(
    box: httpx.AsyncClient, changes: Body, field: str, sentence: str
) -> None:
    answer = await box.post("/v3/mail/send", json=mail(**changes))

    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert all(set(error) == {"message", "field", "help"} for error in errors)
    assert any(error["field"] == field and sentence in error["message"] for error in errors), errors
    assert (await box.get("/api/messages")).json() == []


async def test_only_the_right_key_sends(box: httpx.AsyncClient) -> None:
    wrong = await box.post("/v3/mail/send", json=mail(), headers={"Authorization": "Bearer SG.other"})
    assert wrong.status_code == 401
    assert wrong.json()["errors"][0]["message"].startswith("The provided authorization grant is invalid")
    assert (await box.post("/v3/mail/send", json=mail(), headers={"Authorization": ""})).status_code == 401


async def test_no_json_and_another_content_type_are_refused(box: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await box.post("/v3/mail/send", content=b"{", headers=headers)).status_code == 400
    assert (await box.post("/v3/mail/send", content=b"[]", headers=headers)).status_code == 400
    assert (await box.post("/v3/mail/send", data={"a": "b"})).status_code == 415


async def test_the_clock_of_the_sandbox_dates_the_mail(box: httpx.AsyncClient, clock: Path) -> None:
    await box.post("/v3/mail/send", json=mail())
    clock.write_text("259200\n")
    await box.post("/v3/mail/send", json=mail())

    first, second = (found["receivedAt"][:10] for found in (await box.get("/api/messages")).json())
    assert first < second


async def test_given_faults_replace_those_that_stood(box: httpx.AsyncClient) -> None:
    await box.post("/_control/faults", json={"rate_limited": 1})
    limited = await box.post("/v3/mail/send", json=mail())
    assert limited.status_code == 429
    assert limited.headers["X-RateLimit-Remaining"] == "0"

    await box.post("/_control/faults", json={"server_error": 1})
    assert (await box.get("/_control/faults")).json() == {
        "accept_then_hang": 0,
        "rate_limited": 0,
        "server_error": 1,
    }
    assert (await box.post("/v3/mail/send", json=mail())).status_code == 500

    await box.post("/_control/faults", json={})
    assert (await box.post("/v3/mail/send", json=mail())).status_code == 202
    assert len((await box.get("/api/messages")).json()) == 1


async def test_accept_then_hang_keeps_the_mail_and_never_answers(box: httpx.AsyncClient) -> None:
    await box.post("/_control/faults", json={"accept_then_hang": 1})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.post("/v3/mail/send", json=mail()), 0.3)
    assert len((await box.get("/api/messages")).json()) == 1


@pytest.mark.parametrize("faults", [{"hang": 1}, {"rate_limited": 2}, {"rate_limited": 0.6, "server_error": 0.6}, 1])
async def test_faults_that_make_no_sense_are_refused(box: httpx.AsyncClient, faults: object) -> None:
    assert (await box.post("/_control/faults", json=faults)).status_code == 400


async def test_a_person_reads_a_mail_and_its_html_cannot_act(box: httpx.AsyncClient) -> None:
    content = [{"type": "text/html", "value": '<script>alert(1)</script><a href="http://testserver/x">go</a>'}]
    await box.post("/v3/mail/send", json=mail(subject="<b>Hi</b>", content=content))
    (kept,) = (await box.get("/api/messages")).json()

    listed = await box.get("/")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in listed.text
    page = await box.get(f"/messages/{kept['id']}")
    assert "<script>" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (await box.get("/messages/none")).status_code == 404


async def test_a_name_that_somebody_pointed_here_is_not_served(box: httpx.AsyncClient) -> None:
    assert (await box.get("/api/messages", headers={"Host": "evil.example"})).status_code == 403


async def test_the_application_sends_through_it_and_a_hard_kill_loses_nothing(tmp_path: Path) -> None:
    mailbox = start_mailbox(tmp_path)
    sender = SendGrid(api_key=mailbox.api_key, api_base=mailbox.url, sender="Coursify <no-reply@example.com>")
    letter = Letter(
        key="receipt:1", to="student@example.com", to_name="Sam", subject="Receipt", text="Paid", html="<p>Paid</p>"
    )
    try:
        assert await sender.send(letter)
        assert mailbox.process
        mailbox.process.send_signal(signal.SIGKILL)
        mailbox.process.wait(5)
        mailbox.start()
        assert [kept["messageKey"] for kept in mailbox.messages("student@example.com")] == ["receipt:1"]
    finally:
        await sender.close()
        mailbox.stop()


async def test_sendgrid_is_asked_to_forget_and_what_arrived_stays(box: httpx.AsyncClient) -> None:
    await box.post("/v3/mail/send", json=mail())
    answer = await box.post("/v3/recipients/erasejob", json={"email_addresses": ["student@example.com"]})
    assert answer.status_code == 202
    assert answer.json()["job_id"]
    assert (await box.get("/_control/erasures")).json() == ["student@example.com"]
    assert len((await box.get("/api/messages")).json()) == 1


@pytest.mark.parametrize(
    "body", [{}, [], {"email_addresses": []}, {"email_addresses": ["no address"]}, {"email_addresses": "a@b.example"}]
)
async def test_who_shall_be_forgotten_is_a_list_of_addresses(box: httpx.AsyncClient, body: object) -> None:
    assert (await box.post("/v3/recipients/erasejob", json=body)).status_code == 400
    assert (await box.get("/_control/erasures")).json() == []


async def test_the_application_tells_a_no_from_a_not_now(tmp_path: Path) -> None:
    started = start_mailbox(tmp_path)
    try:
        right, wrong = (
            SendGrid(api_key=key, api_base=started.url, sender="no-reply@example.com")
            for key in (started.api_key, "SG.wrong")
        )
        await right.forget("student@example.com")
        with pytest.raises(MailRefused):
            await right.forget("no address")
        with pytest.raises(MailUnavailable):
            await wrong.forget("student@example.com")
        started.stop()
        with pytest.raises(MailUnavailable):
            await right.forget("student@example.com")
        await right.close()
        await wrong.close()
    finally:
        started.stop()
