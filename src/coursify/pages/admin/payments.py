"""Payments: found by person, course, status, time and id; one with every fact that is known about it."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from coursify.core.database import Connection
from coursify.core.http import PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager
from coursify.core.schema import Prose, QueryMoment
from coursify.core.text import contains
from coursify.modules.admin.services.read_payment_history import read_payment_history
from coursify.modules.courses.queries import approvals
from coursify.modules.ledger.models import Booking
from coursify.modules.payments.models.payments import PaymentFilters, PaymentStatus
from coursify.modules.payments.queries import owners
from coursify.modules.payments.services.list_payments import list_payments
from coursify.modules.users.queries import users
from coursify.pages.admin.payment_facts import ACCOUNTS, list_facts
from coursify.pages.admin.policies import READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

# So many people or courses of a search are followed; the page says so when there are more.
MOST_FOUND = 25
# Whether a payment has a status is decided row by row, so more are not counted.
MOST_COUNTED = 200
NOBODY = UUID(int=0)
Words = Annotated[Prose, Field(min_length=1, max_length=100)]


class PaymentSearch(PageQuery):
    """Parts of a name or address and of a title; `reference` is an id of ours or the provider's."""

    person: Words | None = None
    course: Words | None = None
    status: PaymentStatus | None = None
    since: Annotated[QueryMoment | None, Field(alias="from")] = None
    until: Annotated[QueryMoment | None, Field(alias="to")] = None
    reference: Words | None = None


@pages.get("/admin/payments", page_id="page_admin_payments", policy=READ)
async def show_payments(
    page: WithPage,
    query: Annotated[PaymentSearch, Query()],
    caller: SignedIn,
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    pager = Pager(query, cursors, "pages.payments", query.model_dump(exclude={"page", "limit", "cursor"}))
    now = await database.now()
    async with database.read() as db:
        filters = await _find(db, query)
        found = await list_payments(db, filters, caller=caller, window=pager.window, now=now, cap=MOST_COUNTED)
        buyers = await users.list_users_by_id(db, [each.payment.user_id for each in found.items])
    meta = pager.meta(found)
    if found.total > MOST_COUNTED:
        meta = meta.model_copy(update={"total": MOST_COUNTED, "total_is_exact": False})
    values: dict[str, Any] = {"buyers": {user.id: user for user in buyers}, "next_page": page.next_page(meta)}
    is_partial = MOST_FOUND in {len(filters.user_ids or ()), len(filters.course_ids or ())}
    return page.render(
        "admin/payments.html", payments=found.items, chosen=query, meta=meta, is_partial=is_partial, **values
    )


@pages.get("/admin/payments/{payment_id}", page_id="page_admin_payment", policy=READ)
async def show_payment(page: WithPage, payment_id: UUID, caller: SignedIn, database: WithDatabase) -> Response:
    now = await database.now()
    async with database.read() as db:
        found = await read_payment_history(db, caller=caller, payment_id=payment_id, now=now)
    return page.render(
        "admin/payment.html",
        found=found,
        payment=found.page.payment,
        buyer=found.people.get(found.page.payment.user_id),
        facts=list_facts(found),
        accounts=ACCOUNTS,
        balances=_balances(found.bookings),
    )


async def _find(db: Connection, query: PaymentSearch) -> PaymentFilters:
    """The filters, with the people, courses and the payment that the words mean."""
    user_ids = course_ids = payment_id = None
    if query.person:
        user_ids = await users.list_matching_ids(db, pattern=contains(query.person.casefold()), limit=MOST_FOUND)
    if query.course:
        course_ids = await approvals.list_matching_ids(db, pattern=contains(query.course.casefold()), limit=MOST_FOUND)
    if query.reference:
        payment_id = await _find_payment(db, query.reference.strip()) or NOBODY
    return PaymentFilters(
        status=query.status,
        since=query.since,
        until=query.until,
        payment_id=payment_id,
        user_ids=user_ids,
        course_ids=course_ids,
    )


async def _find_payment(db: Connection, reference: str) -> UUID | None:
    try:
        return await owners.find_payment_of_object(db, UUID(reference))
    except ValueError:
        return await owners.find_payment_of_provider_object(db, reference)


def _balances(bookings: list[Booking]) -> dict[str, dict[str, int]]:
    """What the ledger has about this payment now: by currency, then by account."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in bookings:
        sums[each.currency][each.account] += each.amount_minor
    return {currency: dict(accounts) for currency, accounts in sorted(sums.items())}
