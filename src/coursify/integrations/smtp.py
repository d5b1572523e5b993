"""Email through any SMTP server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.

Connections are always encrypted: a server without STARTTLS or with an invalid certificate gets no email and no
credentials. Only a server on this machine (localhost, 127.0.0.1, ::1) may do without.
"""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import Policy
from email.utils import make_msgid, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib

from coursify.core.logging import log
from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain, wire_address

TIMEOUT_SECONDS = 15.0


class NotEncrypted(aiosmtplib.SMTPException):
    """The server offers no STARTTLS, or an attacker removed the offer."""


class Smtp:
    """A Mailer. The id of an email is the Message-ID that we create."""

    def __init__(self, *, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._host = self._parts.hostname or "localhost"
        self._is_tls = self._parts.scheme == "smtps"
        self._sender = sender

    async def send(self, email: Email) -> str:
        """4xx or no connection is unavailable; 5xx is rejected; a lost connection or an invalid reply is uncertain."""
        message = self._message(email)
        client = await self._open()
        try:
            await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailRefused("the SMTP server refused the recipient") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _error_of(error.code)(f"the SMTP server answered {error.code}") from error
        except aiosmtplib.SMTPNotSupported as error:
            raise MailRefused("the SMTP server does not write to addresses like this one") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUncertain("the SMTP server did not answer") from error
        finally:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()
        return str(message["Message-ID"])

    async def _open(self) -> aiosmtplib.SMTP:
        """An encrypted connection after login. Every failure here is MailUnavailable: no email was sent yet."""
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._parts.port or (465 if self._is_tls else 587),
            use_tls=self._is_tls,
            start_tls=False,
            timeout=TIMEOUT_SECONDS,
        )
        try:
            await client.connect()
            if not self._is_tls:
                await self._encrypt(client)
            if self._parts.username:
                await client.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            reason = _reason(error)
            log.error("smtp connection failed", host=self._host, reason=reason)
            raise MailUnavailable(reason) from error
        except BaseException:
            client.close()
            raise
        return client

    async def _encrypt(self, client: aiosmtplib.SMTP) -> None:
        with contextlib.suppress(aiosmtplib.SMTPHeloError):
            await client.ehlo()
        if client.supports_extension("starttls"):
            await client.starttls()
        elif not is_this_machine(self._host):
            raise NotEncrypted("no STARTTLS")

    async def erase_recipient(self, address: str) -> None:
        """Does nothing: SMTP cannot erase recipients."""

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"] = Address(name, addr_spec=address)
        local, _, domain = wire_address(email.to).rpartition("@")
        message["To"] = Address(email.to_name, username=local, domain=domain)
        message["Subject"] = email.subject
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["X-Message-Key"] = email.key
        for header, value in email.unsubscribe_headers.items():
            message[header] = _Unfolded(header, value)
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        return message

    async def close(self) -> None:
        """Does nothing: each email opens and closes its own connection."""


class _Unfolded(str):
    """A header that stays on one line: the library would encode a long URL as words that no mail program reads."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, value: str) -> Self:
        header = super().__new__(cls, value)
        header.name = name
        return header

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def is_this_machine(host: str) -> bool:
    """Decided by the host in the URL alone, because DNS answers are not trusted."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _error_of(code: int) -> type[MailRefused | MailUnavailable | MailUncertain]:
    if code >= 500:
        return MailRefused
    return MailUnavailable if code >= 400 else MailUncertain


def _reason(error: Exception) -> str:
    """The reason, for the log and the state of the email."""
    match error:
        case NotEncrypted():
            return "the SMTP server offers no STARTTLS, and emails are never sent without encryption"
        case ssl.SSLError():
            return "the SMTP server's certificate or TLS was not accepted"
        case aiosmtplib.SMTPAuthenticationError():
            return "the SMTP server refused the user name or password"
        case _:
            return "the SMTP server could not be used"
