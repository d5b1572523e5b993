"""Letters to people: a row and a job in the transaction they belong to, composed and addressed when they are sent.

queued → sending → accepted | suppressed | failed | unknown. None is lost; there are no duplicates but in the gap
between the provider's yes and our note of it, and there one at most.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from coursify.core import jobs, queries
from coursify.core.database import Connection
from coursify.core.logging import log
from coursify.core.mailer import Letter, MailRefused, MailUnavailable, MailUncertain
from coursify.core.resources import CoreResources

Composer = Callable[[Connection, CoreResources, UUID], Awaitable[Letter | None]]

DELIVER = "mail.deliver"
_RESENT = "resent after an uncertain attempt"
_PACKAGE = Path(__file__).resolve().parents[1]


async def post(
    db: Connection,
    *,
    kind: str,
    subject_id: UUID,
    user_id: UUID | None,
    now: datetime,
    occurrence: int | None = None,
) -> None:
    """Write the email `kind:subject_id` once; it goes out after the commit. `occurrence` numbers one that may recur."""
    key = f"{kind}:{subject_id}" if occurrence is None else f"{kind}:{subject_id}:{occurrence}"
    delivery_id = await queries.insert_delivery(
        db, message_key=key, kind=kind, subject_id=subject_id, user_id=user_id, now=now
    )
    if delivery_id:
        await jobs.defer(db, DELIVER, delivery_id=delivery_id)


async def retry(db: Connection, delivery_id: UUID) -> None:
    """Send an email again that was refused or may not have left; nothing happens to any other."""
    if await queries.queue_again(db, delivery_id):
        await jobs.defer(db, DELIVER, delivery_id=delivery_id)


async def deliver(resources: CoreResources, composers: dict[str, Composer], delivery_id: UUID) -> None:
    """Send one letter, whatever became of an earlier attempt; raises where the job shall try again."""
    delivery = await _start(resources, delivery_id)
    if delivery is None:
        return
    async with resources.database.read() as db:
        letter = await composers[delivery.kind](db, resources, delivery.subject_id)
    if letter is None:
        await _settle(resources, delivery_id, state="suppressed", reason="nobody to write to")
        return
    try:
        provider_id = await resources.mailer.send(dataclasses.replace(letter, key=delivery.message_key))
    except MailRefused as refusal:
        log.error("letter refused", delivery_id=str(delivery_id), kind=delivery.kind)
        await _settle(resources, delivery_id, state="failed", reason=str(refusal))
    except MailUnavailable:
        reason = _RESENT if _may_be_out(delivery) else "the provider was unavailable"
        await _settle(resources, delivery_id, state="queued", reason=reason)
        raise
    except MailUncertain:
        log.warning("letter uncertain", delivery_id=str(delivery_id), kind=delivery.kind)
        raise
    else:
        await _settle(resources, delivery_id, state="accepted", provider_message_id=provider_id)


async def _start(resources: CoreResources, delivery_id: UUID) -> queries.Delivery | None:
    """Claim the letter. One left `sending` may have gone out: it is sent once more, and then given to a person."""
    async with resources.database.transaction() as (db, now):
        delivery = await queries.lock_delivery(db, delivery_id)
        if delivery is None or delivery.state not in {"queued", "sending"}:
            return None
        if delivery.state == "sending" and delivery.reason == _RESENT:
            log.error("letter unknown", delivery_id=str(delivery_id), kind=delivery.kind)
            await queries.set_delivery_state(
                db, delivery_id, state="unknown", now=now, reason="two attempts ended without an answer"
            )
            return None
        reason = _RESENT if _may_be_out(delivery) else None
        await queries.set_delivery_state(db, delivery_id, state="sending", now=now, reason=reason)
        return delivery


def _may_be_out(delivery: queries.Delivery) -> bool:
    """Whether an attempt before this one ended without an answer: that is remembered whatever comes between."""
    return delivery.state == "sending" or delivery.reason == _RESENT


async def _settle(
    resources: CoreResources,
    delivery_id: UUID,
    *,
    state: queries.DeliveryState,
    reason: str | None = None,
    provider_message_id: str | None = None,
) -> None:
    async with resources.database.transaction() as (db, now):
        await queries.set_delivery_state(
            db, delivery_id, state=state, now=now, reason=reason, provider_message_id=provider_message_id
        )


def render(template: str, /, **context: object) -> tuple[str, str]:
    """Text and HTML of a letter: its module's `templates/<template>.txt` and `.html`."""
    templates = _templates()
    text = templates.get_template(f"{template}.txt").render(**context)
    return text, templates.get_template(f"{template}.html").render(**context)


@cache
def _templates() -> Environment:
    folders = [_PACKAGE / "core" / "templates", *sorted((_PACKAGE / "modules").glob("*/templates"))]
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
