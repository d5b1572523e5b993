"""Stores a request for a link to an email address. A job looks up whether a user has the address."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import uuid4

from coursify.core import jobs
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.modules.identity.queries import one_time_tokens
from coursify.modules.identity.sealing import LINK_ADDRESS
from coursify.modules.users.models import canonical_email

SEND_LINK = "identity.send_link"


async def request_link(
    db: Connection, *, sealer: Sealer, purpose: Literal["verify_email", "reset_password"], email: str, now: datetime
) -> None:
    """Does the same work for every address: one sealed row and one job."""
    request_id = uuid4()
    address = sealer.seal(canonical_email(email).encode(), associated_data=LINK_ADDRESS.for_row(request_id))
    await one_time_tokens.insert_link_request(db, request_id=request_id, purpose=purpose, address=address, now=now)
    await jobs.defer(db, SEND_LINK, request_id=request_id)
