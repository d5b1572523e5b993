"""The outbox: an email is a row and a job, written in the caller's transaction. It is composed when it is sent.

States: queued → sending → accepted | suppressed | failed | unknown; accepted → undelivered when the provider says so.
No email is lost. An email is sent twice at most, and only when a worker stops after the provider accepted the email and
before we recorded that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.core.logging import log
from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain, MailWithheld
from coursify.core.metrics import EMAILS, observe_call
from coursify.core.queries import emails
from coursify.core.resources import CoreResources
from coursify.core.settings import AppSettings
from coursify.core.traces import make_lock


@dataclasses.dataclass(frozen=True, slots=True)
class School:
    """Whose emails these are."""

    name: str = "Coursify"
    url: str = ""
    support_email: str | None = None
    seller_name: str | None = None
    seller_address: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: AppSettings) -> School:
        lines = tuple(line.strip() for line in (settings.seller_address or "").split(";") if line.strip())
        url = settings.storefront_url or settings.public_url
        return cls(settings.school_name, url, settings.support_email, settings.seller_name, lines)


EmailComposer = Callable[[Connection, CoreResources, UUID], Awaitable[Email | None]]

_SCHOOL: ContextVar[School] = ContextVar("school")
SEND_EMAIL = "mail.send_email"
_RESENT = "resent after an uncertain attempt"
_PACKAGE = Path(__file__).resolve().parents[1]


async def enqueue_email(
    db: Connection,
    *,
    kind: str,
    subject_id: UUID,
    user_id: UUID | None,
    now: datetime,
    occurrence: int | None = None,
) -> None:
    """Queue the email `kind:subject_id`, once; it is sent after the commit. `occurrence` numbers a repeated email."""
    key = f"{kind}:{subject_id}" if occurrence is None else f"{kind}:{subject_id}:{occurrence}"
    await emails.insert_delivery(
        db,
        message_key=key,
        kind=kind,
        subject_id=subject_id,
        user_id=user_id,
        job=SEND_EMAIL,
        queue=jobs.queue_of(SEND_EMAIL),
        lock=make_lock(),
        now=now,
    )


async def retry_email(db: Connection, delivery_id: UUID) -> None:
    """Queue an email again whose state is failed, unknown or undelivered; one in another state is left alone."""
    if await emails.requeue_delivery(db, delivery_id):
        await jobs.defer(db, SEND_EMAIL, delivery_id=delivery_id)


async def send_email(resources: CoreResources, composers: dict[str, EmailComposer], delivery_id: UUID) -> None:
    """Compose and send one email. Raises MailUnavailable or MailUncertain when the job must try again."""
    delivery = await _start(resources, delivery_id)
    if delivery is None:
        return
    try:
        with writing_as(School.of(resources.settings.app)):
            async with resources.database.read() as db:
                email = await composers[delivery.kind](db, resources, delivery.subject_id)
    except MailWithheld as withheld:
        await _settle(resources, delivery_id, state="suppressed", reason=str(withheld))
        return
    if email is None:
        await _settle(resources, delivery_id, state="suppressed", reason="no recipient")
        return
    try:
        with observe_call("mail", refusals=(MailRefused,)):
            provider_id = await resources.mailer.send(dataclasses.replace(email, key=delivery.message_key))
    except MailRefused as refusal:
        log.error("email rejected", delivery_id=str(delivery_id), kind=delivery.kind)
        await _settle(resources, delivery_id, state="failed", reason=str(refusal))
    except MailUnavailable:
        reason = _RESENT if _may_be_out(delivery) else "the provider was unavailable"
        await _settle(resources, delivery_id, state="queued", reason=reason)
        raise
    except MailUncertain:
        log.warning("email uncertain", delivery_id=str(delivery_id), kind=delivery.kind)
        EMAILS.labels("uncertain").inc()
        raise
    else:
        await _settle(resources, delivery_id, state="accepted", provider_message_id=provider_id)


async def _start(resources: CoreResources, delivery_id: UUID) -> emails.Delivery | None:
    """Claim the email. One that is still `sending` may have been sent: it is sent once more, then set to unknown."""
    async with resources.database.transaction() as (db, now):
        delivery = await emails.lock_delivery(db, delivery_id)
        if delivery is None or delivery.state not in {"queued", "sending"}:
            return None
        if delivery.state == "sending" and delivery.reason == _RESENT:
            log.error("email state unknown", delivery_id=str(delivery_id), kind=delivery.kind)
            await emails.set_delivery_state(
                db, delivery_id, state="unknown", now=now, reason="two attempts ended without an answer"
            )
            return None
        reason = _RESENT if _may_be_out(delivery) else None
        await emails.set_delivery_state(db, delivery_id, state="sending", now=now, reason=reason)
        return delivery


def _may_be_out(delivery: emails.Delivery) -> bool:
    """Whether an earlier attempt ended without an answer. The reason keeps that across later attempts."""
    return delivery.state == "sending" or delivery.reason == _RESENT


async def _settle(
    resources: CoreResources,
    delivery_id: UUID,
    *,
    state: emails.DeliveryState,
    reason: str | None = None,
    provider_message_id: str | None = None,
) -> None:
    async with resources.database.transaction() as (db, now):
        await emails.set_delivery_state(
            db, delivery_id, state=state, now=now, reason=reason, provider_message_id=provider_message_id
        )
    EMAILS.labels(state).inc()


@contextmanager
def writing_as(school: School) -> Iterator[None]:
    """Emails that are rendered in this block are from this school."""
    token = _SCHOOL.set(school)
    try:
        yield
    finally:
        _SCHOOL.reset(token)


def render_email(template: str, /, **context: object) -> tuple[str, str]:
    """The text and the HTML of an email, from `templates/<template>.txt` and `.html` of any module."""
    templates = _templates()
    context["school"] = _SCHOOL.get(School())
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
