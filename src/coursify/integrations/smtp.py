"""Mail through any SMTP server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from coursify.core.gateways import Letter, MailRefused, MailUnavailable, MailUncertain

TIMEOUT_SECONDS = 15.0


class Smtp:
    """A Mailer; the Message-ID we make is the provider's id."""

    def __init__(self, *, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    async def send(self, letter: Letter) -> str:
        """A connection or a 4xx that fails took nothing; a 5xx is a no; a drop while sending is uncertain."""
        message = self._message(letter)
        use_tls = self._parts.scheme == "smtps"
        try:
            await aiosmtplib.send(
                message,
                hostname=self._parts.hostname,
                port=self._parts.port or (465 if use_tls else 587),
                username=unquote(self._parts.username) if self._parts.username else None,
                password=unquote(self._parts.password) if self._parts.password else None,
                use_tls=use_tls,
                timeout=TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPAuthenticationError) as error:
            raise MailUnavailable("the SMTP server could not be used") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailRefused("the SMTP server refused the recipient") from error
        except aiosmtplib.SMTPResponseException as error:
            kind = MailRefused if error.code >= 500 else MailUnavailable
            raise kind(f"the SMTP server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUncertain("the SMTP server did not answer") from error
        return str(message["Message-ID"])

    async def forget(self, address: str) -> None:
        """SMTP hands letters on and knows nobody: there is nothing to ask for."""

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(letter.to_name, addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["X-Message-Key"] = letter.key
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message

    async def close(self) -> None:
        """Each letter opens its own connection: nothing to close."""
