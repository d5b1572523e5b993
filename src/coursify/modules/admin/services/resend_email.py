"""An admin sends an email once more that did not arrive."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from uuid import UUID

from coursify.core import audit, mail
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.queries import emails
from coursify.modules.admin.errors import EmailNotFound, EmailNotResendable
from coursify.modules.attention.models import Kind
from coursify.modules.attention.services.resolve import resolve

KINDS: dict[str, Kind] = {kind.removeprefix("email_"): kind for kind in get_args(Kind) if kind.startswith("email_")}


async def resend_email(db: Connection, *, caller: Caller, delivery_id: UUID, now: datetime) -> None:
    """Queue it, write that into the audit log and close its item of the work list.

    Raises EmailNotFound, EmailNotResendable. It is composed anew, for the address that the person has now.
    """
    delivery = await emails.lock_delivery(db, delivery_id)
    if delivery is None:
        raise EmailNotFound
    if delivery.state not in KINDS:
        raise EmailNotResendable
    await mail.retry_email(db, delivery_id)
    await resolve(
        db,
        kind=KINDS[delivery.state],
        object_type="email",
        object_id=delivery_id,
        resolution="retry",
        resolved_by=caller.user_id,
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="email.resend",
        target_type="email",
        target_id=delivery_id,
        details={"kind": delivery.kind, "state": delivery.state},
    )
