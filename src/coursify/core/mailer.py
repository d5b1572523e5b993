"""What we need from an email provider: a Protocol, the email it sends and the errors it raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Email:
    """One email, ready to be sent. `key` identifies it (`receipt:<order id>`); `mail.send_email` sets it."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str = ""


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
