"""What we need from an email provider: a Protocol, the email it sends and the errors it raises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from email_validator import EmailNotValidError, validate_email


@dataclass(frozen=True, slots=True)
class Email:
    """One email, ready to be sent. `key` identifies it (`receipt:<order id>`); `mail.send_email` sets it.

    `unsubscribe_url` is the one-click address (RFC 8058) of an email that the recipient may switch off.
    """

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str = ""
    unsubscribe_url: str | None = None

    @property
    def unsubscribe_headers(self) -> dict[str, str]:
        """The headers by which mail programs show a button; none for a transactional email."""
        if self.unsubscribe_url is None:
            return {}
        return {
            "List-Unsubscribe": f"<{self.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


class MailWithheld(Exception):
    """A composer decided that the email is not sent; the message says why."""


class MailRefused(Exception):
    """The provider will never accept this email; its address may be invalid."""


class MailUnavailable(Exception):
    """The provider did not accept the email; it may be sent again later."""


class MailUncertain(Exception):
    """The email was sent and no answer came: the provider may have accepted it."""


class Mailer(Protocol):
    async def send(self, email: Email) -> str:
        """Send the email; returns the provider's id for it. Raises MailUnavailable, MailRefused or MailUncertain."""
        ...

    async def erase_recipient(self, address: str) -> None:
        """Ask the provider to erase everything about an address. Raises MailUnavailable or MailRefused."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What the provider reports about an email that it had accepted.

    `message_key` is the `key` of the email, `provider_id` the id under which this attempt was accepted. `suppresses`
    says that the provider does not deliver to the address any more, and why.
    """

    id: str
    type: str
    message_key: str | None
    provider_id: str
    address: str
    is_undelivered: bool
    suppresses: Literal["bounce", "complaint"] | None


class MailEventsRefused(Exception):
    """The request is not signed by the provider, is too old, or no key is configured."""


class MailEventReader(Protocol):
    def read(self, payload: bytes, *, signature: str, timestamp: str, now: datetime) -> list[MailEvent]:
        """The events of one signed request; what is no event is left out. Raises MailEventsRefused."""
        ...


def wire_address(address: str) -> str:
    """The address as mail servers know it: the domain as A-labels (IDNA 2008), in lower case."""
    local, _, domain = address.rpartition("@")
    try:
        found = validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return f"{local}@{found.ascii_domain.lower()}"
