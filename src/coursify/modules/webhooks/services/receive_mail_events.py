"""Stores and applies what the email provider reports about emails that it had accepted, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from coursify.core.database import Connection, Database
from coursify.core.mailer import MailEvent, MailEventReader, MailEventsRefused
from coursify.core.queries import emails
from coursify.modules.attention.services.flag import flag
from coursify.modules.notifications.services.suppress_address import suppress_address
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.errors import SignatureRefused
from coursify.modules.webhooks.models import MUST_ARRIVE, EventState

PROVIDER = "sendgrid"


async def receive_mail_events(
    database: Database,
    reader: MailEventReader,
    *,
    payload: bytes,
    signature: str,
    timestamp: str,
    server_key: bytes,
) -> int:
    """How many events were new. What is not signed costs no connection; raises SignatureRefused."""
    try:
        events = reader.read(
            payload, signature=signature, timestamp=timestamp, now=datetime.now(UTC) + database.offset()
        )
    except MailEventsRefused as error:
        raise SignatureRefused from error
    if not events:
        return 0
    # One order for all, so that two requests with the same events wait instead of deadlocking.
    by_id = {event.id: event for event in sorted(events, key=lambda event: event.id)}
    async with database.transaction() as (db, now):
        new = await queries.insert_mail_events(db, provider=PROVIDER, events=list(by_id.values()), now=now)
        for event in sorted((by_id[event_id] for event_id in new), key=lambda event: event.message_key or ""):
            state, reason = await _apply(db, event, server_key=server_key, now=now)
            if state != "ignored":
                await queries.set_mail_event_state(
                    db, provider=PROVIDER, event_id=event.id, state=state, reason=reason, now=now
                )
    return len(new)


async def _apply(
    db: Connection, event: MailEvent, *, server_key: bytes, now: datetime
) -> tuple[EventState, str | None]:
    """An event about another sender's email on the same account is foreign."""
    if not event.is_undelivered and event.suppresses is None:
        return "ignored", None
    delivery = await emails.lock_delivery_by_key(db, event.message_key) if event.message_key else None
    if delivery is None:
        return "foreign", "not one of our emails"
    if event.suppresses and event.address:
        await suppress_address(
            db,
            server_key=server_key,
            address=event.address,
            user_id=delivery.user_id,
            reason=event.suppresses,
            now=now,
        )
    if event.is_undelivered:
        await _mark_undelivered(db, event, delivery, now=now)
    return "applied", None


async def _mark_undelivered(db: Connection, event: MailEvent, delivery: emails.SentDelivery, *, now: datetime) -> None:
    """A report about an earlier attempt says nothing about the one that is on its way."""
    if delivery.provider_message_id and event.provider_id and delivery.provider_message_id != event.provider_id:
        return
    what = "bounced" if event.type == "bounce" else "was dropped by the provider"
    if not await emails.mark_undelivered(db, delivery.id, reason=what, now=now) or delivery.kind not in MUST_ARRIVE:
        return
    await flag(
        db,
        kind="email_undelivered",
        object_type="email",
        object_id=delivery.id,
        why=(
            f"The email {delivery.kind} {what}. Ask the person for another address, or remove the address from the "
            "provider's list of suppressed addresses; then retry."
        ),
        now=now,
    )
