"""The sealed columns of this module: how someone without an account is reached."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson

from coursify.core.crypto import Sealer
from coursify.core.sealing import SealedColumn

NOTICE_CONTACT = SealedColumn("notices", "contact")


@dataclass(frozen=True, slots=True)
class Contact:
    """Of someone without an account."""

    email: str
    name: str | None


def seal_contact(sealer: Sealer, notice_id: UUID, contact: Contact) -> bytes:
    written = orjson.dumps({"email": contact.email, "name": contact.name})
    return sealer.seal(written, associated_data=NOTICE_CONTACT.for_row(notice_id))


def open_contact(sealer: Sealer, notice_id: UUID, sealed: bytes | None) -> Contact | None:
    if sealed is None:
        return None
    return Contact(**orjson.loads(sealer.open(sealed, associated_data=NOTICE_CONTACT.for_row(notice_id))))
