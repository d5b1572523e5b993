"""The mailbox validates emails as SendGrid does, stores them, and shows them to programs and people."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.mailbox import start_mailbox

from coursify.core.mailer import Email, MailRefused, MailUnavailable
from coursify.integrations.sendgrid import SendGrid
from coursify.integrations.sendgrid_events import SendGridEvents
from coursify_sandbox.mailbox.app import create_app
from coursify_sandbox.mailbox.config import MailboxConfig
from coursify_sandbox.mailbox.events import public_key, sign_event
from coursify_sandbox.mailbox.mailbox import open_mailbox
from coursify_sandbox.mailbox.store import Message

pytestmark = pytest.mark.anyio

KEY = "SG.test.key"
Body = dict[str, Any]


def email_body(**changes: object) -> Body:
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
async def api(tmp_path: Path, clock: Path) -> AsyncIterator[httpx.AsyncClient]:
    mailbox = open_mailbox(MailboxConfig(0, tmp_path / "state", KEY, clock))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(mailbox)),
        base_url="http://127.0.0.1:9999",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    async with client:
        yield client
    mailbox.store.close()


async def test_an_accepted_email_can_be_read(api: httpx.AsyncClient) -> None:
    response = await api.post("/v3/mail/send", json=email_body())

    assert response.status_code == 202
    assert response.content == b""
    assert response.headers["X-Message-Id"]
    (stored,) = (await api.get("/api/messages")).json()
    assert stored["to"] == "student@example.com"
    assert stored["from"] == "Coursify <no-reply@example.com>"
    assert (stored["subject"], stored["text"]) == ("Welcome", "Hello")
    assert stored["html"].startswith("<p>Hello")
    assert stored["headers"] == {"X-Message-Key": "welcome:1"}
    assert stored["messageKey"] == "welcome:1"
    assert stored["receivedAt"].endswith("Z")
    assert set(stored) == {"id", "to", "from", "subject", "text", "html", "headers", "messageKey", "receivedAt"}


async def test_messages_are_filtered_by_address_and_can_be_deleted(api: httpx.AsyncClient) -> None:
    to = [{"to": [{"email": "Ada@example.com"}]}, {"to": [{"email": "sam@example.com"}], "subject": "Yours"}]
    await api.post("/v3/mail/send", json=email_body(personalizations=to))

    assert [found["to"] for found in (await api.get("/api/messages")).json()] == ["Ada@example.com", "sam@example.com"]
    assert len((await api.get("/api/messages", params={"to": "ada@EXAMPLE.com"})).json()) == 1
    (yours,) = (await api.get("/api/messages", params={"to": "sam@example.com"})).json()
    assert yours["subject"] == "Yours"
    assert (await api.delete("/api/messages")).status_code == 204
    assert (await api.get("/api/messages")).json() == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
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
async def test_an_invalid_email_is_rejected_with_sendgrids_error(
    api: httpx.AsyncClient, changes: Body, field: str, message: str
) -> None:
    response = await api.post("/v3/mail/send", json=email_body(**changes))

    assert response.status_code == 400
    errors = response.json()["errors"]
    assert all(set(error) == {"message", "field", "help"} for error in errors)
    assert any(error["field"] == field and message in error["message"] for error in errors), errors
    assert (await api.get("/api/messages")).json() == []


async def test_a_wrong_or_missing_key_is_rejected(api: httpx.AsyncClient) -> None:
    wrong = await api.post("/v3/mail/send", json=email_body(), headers={"Authorization": "Bearer SG.other"})
    assert wrong.status_code == 401
    assert wrong.json()["errors"][0]["message"].startswith("The provided authorization grant is invalid")
    assert (await api.post("/v3/mail/send", json=email_body(), headers={"Authorization": ""})).status_code == 401


async def test_a_body_that_is_not_json_is_rejected(api: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await api.post("/v3/mail/send", content=b"{", headers=headers)).status_code == 400
    assert (await api.post("/v3/mail/send", content=b"[]", headers=headers)).status_code == 400
    assert (await api.post("/v3/mail/send", data={"a": "b"})).status_code == 415


async def test_an_email_is_dated_by_the_sandboxs_clock(api: httpx.AsyncClient, clock: Path) -> None:
    await api.post("/v3/mail/send", json=email_body())
    clock.write_text("259200\n")
    await api.post("/v3/mail/send", json=email_body())

    first, second = (found["receivedAt"][:10] for found in (await api.get("/api/messages")).json())
    assert first < second


async def test_new_faults_replace_the_earlier_ones(api: httpx.AsyncClient) -> None:
    await api.post("/_control/faults", json={"rate_limited": 1})
    limited = await api.post("/v3/mail/send", json=email_body())
    assert limited.status_code == 429
    assert limited.headers["X-RateLimit-Remaining"] == "0"

    await api.post("/_control/faults", json={"server_error": 1})
    assert (await api.get("/_control/faults")).json() == {
        "accept_then_hang": 0,
        "rate_limited": 0,
        "server_error": 1,
    }
    assert (await api.post("/v3/mail/send", json=email_body())).status_code == 500

    await api.post("/_control/faults", json={})
    assert (await api.post("/v3/mail/send", json=email_body())).status_code == 202
    assert len((await api.get("/api/messages")).json()) == 1


async def test_accept_then_hang_stores_the_email_and_never_responds(api: httpx.AsyncClient) -> None:
    await api.post("/_control/faults", json={"accept_then_hang": 1})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(api.post("/v3/mail/send", json=email_body()), 0.3)
    assert len((await api.get("/api/messages")).json()) == 1


@pytest.mark.parametrize("faults", [{"hang": 1}, {"rate_limited": 2}, {"rate_limited": 0.6, "server_error": 0.6}, 1])
async def test_invalid_faults_are_rejected(api: httpx.AsyncClient, faults: object) -> None:
    assert (await api.post("/_control/faults", json=faults)).status_code == 400


async def test_the_page_of_an_email_runs_no_script(api: httpx.AsyncClient) -> None:
    content = [{"type": "text/html", "value": '<script>alert(1)</script><a href="http://testserver/x">go</a>'}]
    await api.post("/v3/mail/send", json=email_body(subject="<b>Hi</b>", content=content))
    (stored,) = (await api.get("/api/messages")).json()

    overview = await api.get("/")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in overview.text
    page = await api.get(f"/messages/{stored['id']}")
    assert "<script>" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (await api.get("/messages/none")).status_code == 404


async def test_another_host_name_is_rejected(api: httpx.AsyncClient) -> None:
    assert (await api.get("/api/messages", headers={"Host": "evil.example"})).status_code == 403


async def test_emails_of_the_application_survive_a_hard_kill(tmp_path: Path) -> None:
    mailbox = start_mailbox(tmp_path)
    sender = SendGrid(api_key=mailbox.api_key, api_base=mailbox.url, sender="Coursify <no-reply@example.com>")
    email = Email(
        key="receipt:1", to="student@example.com", to_name="Sam", subject="Receipt", text="Paid", html="<p>Paid</p>"
    )
    try:
        assert await sender.send(email)
        assert mailbox.process
        mailbox.process.send_signal(signal.SIGKILL)
        mailbox.process.wait(5)
        mailbox.start()
        assert [stored["messageKey"] for stored in mailbox.messages("student@example.com")] == ["receipt:1"]
    finally:
        await sender.close()
        mailbox.stop()


async def test_an_erasure_is_recorded_and_delivered_emails_stay(api: httpx.AsyncClient) -> None:
    await api.post("/v3/mail/send", json=email_body())
    response = await api.post("/v3/recipients/erasejob", json={"email_addresses": ["student@example.com"]})
    assert response.status_code == 202
    assert response.json()["job_id"]
    assert (await api.get("/_control/erasures")).json() == ["student@example.com"]
    assert len((await api.get("/api/messages")).json()) == 1


@pytest.mark.parametrize(
    "body", [{}, [], {"email_addresses": []}, {"email_addresses": ["no address"]}, {"email_addresses": "a@b.example"}]
)
async def test_an_erasure_without_a_list_of_addresses_is_rejected(api: httpx.AsyncClient, body: object) -> None:
    assert (await api.post("/v3/recipients/erasejob", json=body)).status_code == 400
    assert (await api.get("/_control/erasures")).json() == []


async def test_the_application_distinguishes_a_rejected_from_a_failed_erasure(tmp_path: Path) -> None:
    started = start_mailbox(tmp_path)
    try:
        valid, invalid = (
            SendGrid(api_key=key, api_base=started.url, sender="no-reply@example.com")
            for key in (started.api_key, "SG.wrong")
        )
        await valid.erase_recipient("student@example.com")
        with pytest.raises(MailRefused):
            await valid.erase_recipient("no address")
        with pytest.raises(MailUnavailable):
            await invalid.erase_recipient("student@example.com")
        started.stop()
        with pytest.raises(MailUnavailable):
            await valid.erase_recipient("student@example.com")
        await valid.close()
        await invalid.close()
    finally:
        started.stop()


@pytest.mark.parametrize(
    ("kind", "is_undelivered", "suppresses"),
    [("bounce", True, "bounce"), ("dropped", True, "bounce"), ("spamreport", False, "complaint")],
)
async def test_an_event_is_signed_so_that_the_application_reads_it(
    tmp_path: Path, *, kind: str, is_undelivered: bool, suppresses: str
) -> None:
    mailbox = open_mailbox(MailboxConfig(0, tmp_path / "state", KEY))
    message = Message("id1", "ada@example.com", "x", "Hello", "", "", {}, "receipt:1", "2026-01-01T00:00:00Z")
    body, headers = sign_event(mailbox, message, kind)
    mailbox.store.close()
    [event] = SendGridEvents(public_key(KEY)).read(
        body,
        signature=headers["X-Twilio-Email-Event-Webhook-Signature"],
        timestamp=headers["X-Twilio-Email-Event-Webhook-Timestamp"],
        now=datetime.now(UTC),
    )
    assert (event.type, event.message_key, event.provider_id) == (kind, "receipt:1", "id1")
    assert (event.address, event.is_undelivered, event.suppresses) == ("ada@example.com", is_undelivered, suppresses)


async def test_an_event_is_reported_for_a_stored_email_only(tmp_path: Path) -> None:
    config = MailboxConfig(0, tmp_path / "state", KEY, event_webhook_url="http://127.0.0.1:9/webhooks/sendgrid")
    mailbox = open_mailbox(config)
    transport = httpx.ASGITransport(app=create_app(mailbox))
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9999", headers=headers) as client:
        await client.post("/v3/mail/send", json=email_body())
        [stored] = (await client.get("/api/messages")).json()
        assert 'value="spamreport"' in (await client.get(f"/messages/{stored['id']}")).text
        path = f"/messages/{stored['id']}/events"
        assert (await client.post(path, data={"event": "something"})).status_code == 400
        assert (await client.post("/messages/unknown/events", data={"event": "bounce"})).status_code == 400
        assert (await client.post(path, data={"event": "bounce"})).status_code == 502
    mailbox.store.close()


async def test_the_list_finds_parts_of_addresses_and_subjects(api: httpx.AsyncClient) -> None:
    for address, subject in (("anna@example.com", "Your receipt"), ("Bob@example.org", "Welcome <b>")):
        to = [{"to": [{"email": address}]}]
        answer = await api.post("/v3/mail/send", json=email_body(subject=subject, personalizations=to))
        assert answer.status_code == 202, answer.text
    shown = {
        words: (await api.get("/list", params={"search": words})).text.count("<li>")
        for words in ("", "ann", "BOB@", "example", "receipt", "nobody")
    }
    assert shown == {"": 2, "ann": 1, "BOB@": 1, "example": 2, "receipt": 1, "nobody": 0}
    page = await api.get("/", params={"search": 'a"b'})
    assert 'value="a&quot;b"' in page.text
    assert "http-equiv" not in page.text
    assert (await api.get("/mailbox.js")).headers["content-type"].startswith("text/javascript")
