"""Emails by SMTP: always encrypted to other machines; every outcome is classified."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.support.smtp import SmtpServer, make_certificate, serving

from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain
from coursify.integrations.smtp import Smtp, is_this_machine

pytestmark = pytest.mark.anyio

# Leads to this machine, and is no name of it: a server elsewhere, as far as anybody can tell by the URL.
ELSEWHERE = "127.1"
HERE = "127.0.0.1"
EMAIL = Email(to="ada@example.com", to_name="Ada", subject="Hello", text="text", html="<p>text</p>", key="hello:1")


def mailer(server: SmtpServer, host: str, *, scheme: str = "smtp") -> Smtp:
    url = f"{scheme}://somebody:canary-password@{host}:{server.port}"
    return Smtp(url=url, sender="School <school@example.com>")


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("mail.example.com", False),
        ("localhost.example.com", False),
        ("127.1", False),
        ("0.0.0.0", False),  # noqa: S104  # a host in a URL, not an address to listen on
        ("192.0.2.1", False),
    ],
)
def test_only_this_machine_may_use_no_encryption(host: str, *, is_here: bool) -> None:
    assert is_this_machine(host) is is_here


@pytest.mark.parametrize(
    ("starttls", "answers"),
    [
        (None, {}),
        ("454 TLS not available", {}),
        ("502 command not implemented", {}),
        ("220 go on, but nobody speaks TLS", {}),
        (None, {"EHLO": "502 what is that"}),
    ],
)
async def test_a_server_elsewhere_without_starttls_gets_neither_credentials_nor_emails(
    starttls: str | None, answers: dict[str, str]
) -> None:
    async with serving(SmtpServer(starttls=starttls, answers=answers)) as server:
        with capture_logs() as lines, pytest.raises(MailUnavailable):
            await mailer(server, ELSEWHERE).send(EMAIL)
    assert server.said("AUTH") == server.said("MAIL") == server.emails == []
    [line] = [line for line in lines if line["event"] == "smtp connection failed"]
    assert (line["log_level"], line["host"]) == ("error", ELSEWHERE)
    assert "canary" not in str(lines)


async def test_the_log_says_that_encryption_is_missing() -> None:
    async with serving(SmtpServer()) as server:
        with capture_logs() as lines, pytest.raises(MailUnavailable, match="offers no STARTTLS"):
            await mailer(server, ELSEWHERE).send(EMAIL)
    assert "offers no STARTTLS" in lines[-1]["reason"]


@pytest.mark.parametrize(("name", "is_trusted"), [(ELSEWHERE, False), ("mail.example.com", True)])
async def test_an_untrusted_certificate_ends_the_connection_before_the_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, is_trusted: bool
) -> None:
    context, certificate = make_certificate(tmp_path, name)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with serving(SmtpServer(context, starttls="220 go on")) as server:
        with pytest.raises(MailUnavailable, match="certificate"):
            await mailer(server, ELSEWHERE).send(EMAIL)
    assert (server.said("STARTTLS"), server.said("AUTH"), server.emails) == ([False], [], [])


async def test_credentials_and_email_are_encrypted_after_starttls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = make_certificate(tmp_path, ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with serving(SmtpServer(context, starttls="220 go on")) as server:
        message_id = await mailer(server, ELSEWHERE).send(EMAIL)
    assert server.said("AUTH") == server.said("MAIL") == server.said("DATA") == [True]
    [email] = server.emails
    assert message_id in email
    assert "X-Message-Key: hello:1" in email


async def test_a_server_on_this_machine_needs_no_encryption() -> None:
    async with serving(SmtpServer()) as server:
        await mailer(server, HERE).send(EMAIL)
    assert server.said("AUTH") == server.said("DATA") == [False]


async def test_smtps_is_always_encrypted() -> None:
    async with serving(SmtpServer()) as server:
        with pytest.raises(MailUnavailable):
            await mailer(server, HERE, scheme="smtps").send(EMAIL)
    assert server.said("EHLO") == server.emails == []


@pytest.mark.parametrize(
    ("verb", "answer", "outcome"),
    [
        ("AUTH", "535 wrong", MailUnavailable),
        ("MAIL", "451 later", MailUnavailable),
        ("RCPT", "550 nobody of that name", MailRefused),
        ("DATA", "554 no", MailRefused),
        ("DATA", "no answer of this protocol", MailUncertain),
    ],
)
async def test_the_reply_of_the_server_decides_whether_the_email_is_retried(
    verb: str, answer: str, outcome: type[Exception]
) -> None:
    async with serving(SmtpServer(answers={verb: answer})) as server:
        with pytest.raises(outcome):
            await mailer(server, HERE).send(EMAIL)


async def test_an_unreachable_server_is_unavailable() -> None:
    async with serving(SmtpServer()) as server:
        pass
    with pytest.raises(MailUnavailable):
        await mailer(server, HERE).send(EMAIL)


async def test_news_has_one_click_headers_each_on_one_line() -> None:
    url = f"https://api.school.example.com/unsubscribe/{'x' * 47}"
    async with serving(SmtpServer()) as server:
        await mailer(server, HERE).send(dataclasses.replace(EMAIL, unsubscribe_url=url))
        await mailer(server, HERE).send(EMAIL)
    news, transactional = server.emails
    assert f"\r\nList-Unsubscribe: <{url}>\r\n" in news
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in news
    assert "List-Unsubscribe" not in transactional


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("Anna@straße.example", "Anna@xn--strae-oqa.example"),
        ("anna@例え.テスト", "anna@xn--r8jz45g.xn--zckzah"),
    ],
)
async def test_an_international_domain_is_sent_as_a_labels(stored: str, sent: str) -> None:
    async with serving(SmtpServer()) as server:
        await mailer(server, HERE).send(dataclasses.replace(EMAIL, to=stored, to_name="Smith, John, PhD"))
    [command] = [line for line, _ in server.commands if line.upper().startswith("RCPT")]
    assert sent in command
    assert f'To: "Smith, John, PhD" <{sent}>' in server.emails[0]


async def test_a_local_part_that_the_server_does_not_know_is_rejected() -> None:
    async with serving(SmtpServer()) as server:
        with pytest.raises(MailRefused):
            await mailer(server, HERE).send(dataclasses.replace(EMAIL, to="änna@example.com"))
    assert server.emails == []
