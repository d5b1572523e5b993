"""Mail through any SMTP server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.

Nothing leaves in clear: a server that offers no STARTTLS, or whose certificate is not its own, gets neither emails nor
credentials. Only a server on this machine (localhost, 127.0.0.1, ::1) may go without.
"""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from coursify.core.logging import log
from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain

TIMEOUT_SECONDS = 15.0


class NotEncrypted(aiosmtplib.SMTPException):
    """The server, or somebody on the way to it, offers no STARTTLS."""


class Smtp:
    """A Mailer; the Message-ID we make is the provider's id."""

    def __init__(self, *, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._host = self._parts.hostname or "localhost"
        self._is_tls = self._parts.scheme == "smtps"
        self._sender = sender

    async def send(self, email: Email) -> str:
        """A 4xx, or no connection, took nothing; a 5xx is a no; a drop or garbage while sending is uncertain."""
        message = self._message(email)
        client = await self._open()
        try:
            await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailRefused("the SMTP server refused the recipient") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _meaning(error.code)(f"the SMTP server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUncertain("the SMTP server did not answer") from error
        finally:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()
        return str(message["Message-ID"])

    async def _open(self) -> aiosmtplib.SMTP:
        """A connection that is encrypted and signed in; whatever fails here, no email was taken."""
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
            log.error("smtp server not used", host=self._host, reason=reason)
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
        """SMTP hands emails on and knows nobody: there is nothing to ask for."""

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(email.to_name, addr_spec=email.to)
        message["Subject"] = email.subject
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["X-Message-Key"] = email.key
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        return message

    async def close(self) -> None:
        """Each email opens its own connection: nothing to close."""


def is_this_machine(host: str) -> bool:
    """By the name in the URL alone: what a name resolves to is somebody else's word."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _meaning(code: int) -> type[MailRefused | MailUnavailable | MailUncertain]:
    if code >= 500:
        return MailRefused
    return MailUnavailable if code >= 400 else MailUncertain


def _reason(error: Exception) -> str:
    """What whoever runs the system reads in the log and at the email."""
    match error:
        case NotEncrypted():
            return "the SMTP server offers no STARTTLS, and emails never leave in clear"
        case ssl.SSLError():
            return "the SMTP server's certificate or TLS was not accepted"
        case aiosmtplib.SMTPAuthenticationError():
            return "the SMTP server refused the user name or password"
        case _:
            return "the SMTP server could not be used"
