"""What we need from a mail provider: one Protocol, the email and the errors that cross it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to go out; `key` is its identity with us (`receipt:<order id>`), set when it is delivered."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str = ""


class MailRefused(Exception):
    """The provider will never take this letter (an address it does not accept, say)."""


class MailUnavailable(Exception):
    """The provider took nothing; the same letter may be handed over again later."""


class MailUncertain(Exception):
    """The provider may have taken the letter: it was sent, and no answer came."""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> str:
        """Hand the letter over; answers the provider's id. Raises MailUnavailable, MailRefused or MailUncertain."""
        ...

    async def forget(self, address: str) -> None:
        """Ask the provider to erase what it knows of an address. Raises MailUnavailable, MailRefused."""
        ...

    async def close(self) -> None: ...
