"""The archive of everything held on a person: one JSON document, sealed until its link is used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from pydantic.alias_generators import to_camel

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.privacy.queries import exports, holdings
from coursify.modules.privacy.sealing import EXPORT_CONTENT

SECTIONS = {
    "account": holdings.list_account,
    "pendingAddresses": holdings.list_pending_addresses,
    "sessions": holdings.list_sessions,
    "secondFactor": holdings.list_second_factor,
    "securityEvents": holdings.list_security_events,
    "emails": holdings.list_emails,
    "enrollments": holdings.list_enrollments,
    "accessGrants": holdings.list_grants,
    "progress": holdings.list_progress,
    "reviews": holdings.list_reviews,
    "replies": holdings.list_replies,
    "orders": holdings.list_orders,
    "payments": holdings.list_payments,
    "refunds": holdings.list_refunds,
    "paymentCustomer": holdings.list_payment_customer,
    "courses": holdings.list_courses,
    "lessons": holdings.list_lessons,
    "earnings": holdings.list_earnings,
    "audit": holdings.list_audit,
}


async def make_export(database: Database, *, sealer: Sealer, export_id: UUID) -> None:
    """Section by section, each noted, so that whoever waits sees it advance; running twice makes it once."""
    async with database.read() as db:
        export = await exports.find_export(db, export_id)
    if export is None or export.is_ready:
        return
    archive: dict[str, object] = {}
    for number, (name, collect) in enumerate(SECTIONS.items(), start=1):
        async with database.read() as db:
            archive[name] = [_on_the_wire(record) for record in await collect(db, export.user_id)]
        async with database.transaction() as (db, _now):
            await exports.note_section(db, export_id, sections_done=number)
    written = orjson.dumps(archive, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    sealed = sealer.seal(written, associated_data=EXPORT_CONTENT.for_row(export_id))
    async with database.transaction() as (db, now):
        await exports.mark_export_ready(db, export_id, content=sealed, now=now)


def _on_the_wire(value: Any) -> Any:
    """A record with the names that the API has."""
    if isinstance(value, dict):
        return {to_camel(name): _on_the_wire(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_on_the_wire(inner) for inner in value]
    return value
