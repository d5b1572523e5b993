"""Quotes a cart: looks up its courses; the calculation itself is pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.queries import courses
from coursify.modules.enrollments.queries import grants
from coursify.modules.payments.quotes import Quote, make_quote


async def quote_cart(
    db: Connection, *, user_id: UUID, fields: Mapping[UUID, str], default_currency: str, now: datetime
) -> Quote:
    """The quote of these courses for this buyer; it stores nothing. `fields` names each course's field on the wire."""
    course_ids = list(fields)
    return make_quote(
        fields,
        await courses.list_courses_for_order(db, course_ids),
        buyer_id=user_id,
        owned=set(await grants.list_open_course_ids(db, user_id=user_id, course_ids=course_ids, now=now)),
        default_currency=default_currency,
    )
