"""Emails by what became of them, and sending one again that did not arrive."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager
from coursify.core.queries import sent_emails
from coursify.core.queries.emails import DeliveryState
from coursify.modules.admin.errors import EmailNotFound
from coursify.modules.admin.services.list_emails import list_emails
from coursify.modules.admin.services.resend_email import KINDS, resend_email
from coursify.modules.payments.queries import owners
from coursify.modules.users.queries import users
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/emails/{delivery_id}"


class EmailQuery(PageQuery):
    state: DeliveryState | None = None
    user_id: UUID | None = None


@pages.get("/admin/emails", page_id="page_admin_emails", policy=READ)
async def show_emails(
    page: WithPage, query: Annotated[EmailQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.emails", query.state, query.user_id)
    async with database.read() as db:
        found = await list_emails(db, state=query.state, user_id=query.user_id, window=pager.window)
        people = await users.list_users_by_id(db, [email.user_id for email in found.items if email.user_id])
    meta = pager.meta(found)
    values: dict[str, Any] = {
        "names": {each.id: each.display_name for each in people},
        "next_page": page.next_page(meta),
    }
    return page.render("admin/emails.html", emails=found.items, chosen=query, meta=meta, **values)


@pages.get(_ONE, page_id="page_admin_email", policy=READ)
async def show_email(page: WithPage, delivery_id: UUID, db: Db) -> Response:
    """Raises EmailNotFound."""
    email = await sent_emails.find_email(db, delivery_id)
    if email is None:
        raise EmailNotFound
    return page.render(
        "admin/email.html",
        email=email,
        user=await users.find_user(db, email.user_id) if email.user_id else None,
        payment_id=await owners.find_payment_of_object(db, email.subject_id),
        may_resend=email.state in KINDS,
        resend=page.form(f"/admin/emails/{delivery_id}/resend"),
    )


@pages.post(_ONE + "/resend", page_id="page_admin_resend_email", policy=CHANGE, form_page=show_email)
async def send_resend(page: WithPage, delivery_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    await resend_email(db, caller=caller, delivery_id=delivery_id, now=now)
    return page.go(f"/admin/emails/{delivery_id}", "The email is queued again.")
