"""People: search, one person with their sessions and what was done to them, and changes of role and status."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.caller import Role
from coursify.core.errors import Invalid
from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import Pager
from coursify.core.schema import Input
from coursify.modules.courses.services.change_seller import change_seller
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.queries import sessions
from coursify.modules.identity.services.check_code import has_second_factor
from coursify.modules.identity.services.end_sessions_of import end_sessions_of
from coursify.modules.privacy.guards import Rooms
from coursify.modules.privacy.services.request_erasure import request_erasure
from coursify.modules.users.models import PeopleOrder, User, canonical_email
from coursify.modules.users.queries import audit_log, users
from coursify.modules.users.schemas import UserQuery
from coursify.modules.users.services.list_users import list_users
from coursify.pages.admin.policies import CHANGE, READ, SENSITIVE, SENSITIVE_READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/people/{user_id}"
_RECENT = 20


class PeopleQuery(UserQuery):
    sort: PeopleOrder = "-joined"


class UserAction(Input):
    """Exactly one of both: a new role, or a new status."""

    role: Role | None = None
    status: Literal["active", "suspended"] | None = None


class ErasureConfirmation(Input):
    """The person's email address, typed again."""

    confirmation: str


@pages.get("/admin/people", page_id="page_admin_people", policy=READ)
async def show_people(
    page: WithPage, query: Annotated[PeopleQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.people", query.search, query.role, query.status, query.sort)
    async with database.read() as db:
        found = await list_users(db, query=query, window=pager.window, order=query.sort)
    meta = pager.meta(found)
    return page.render("admin/people.html", people=found.items, chosen=query, meta=meta, next_page=page.next_page(meta))


@pages.get(_ONE, page_id="page_admin_person", policy=READ)
async def show_person(page: WithPage, user_id: UUID, db: Db, now: Now) -> Response:
    return page.render(
        "admin/person.html",
        user=await users.get_user(db, user_id),
        sessions=await sessions.list_live_sessions(db, user_id=user_id, now=now),
        has_factor=await has_second_factor(db, user_id),
        enrolled=await enrollments.count_enrollments(db, user_id=user_id),
        done_to=await audit_log.list_audit_entries(db, target_id=user_id, limit=_RECENT),
        done_by=await audit_log.list_audit_entries(db, actor_id=user_id, limit=_RECENT),
    )


@pages.get(_ONE + "/change", page_id="page_admin_person_change", policy=SENSITIVE_READ)
async def show_change(page: WithPage, user_id: UUID, db: Db) -> Response:
    user = await users.get_user(db, user_id)
    action = f"/admin/people/{user_id}/change"
    return page.render("admin/person_change.html", user=user, form=page.form(action, {"role": user.role}))


@pages.post(_ONE + "/change", page_id="page_admin_person_change_send", policy=SENSITIVE, form_page=show_change)
async def send_change(
    page: WithPage,
    user_id: UUID,
    form: Annotated[UserAction, Form()],
    caller: SignedIn,
    authenticator: WithAuthenticator,
    db: Db,
    now: Now,
) -> Response:
    """The courses of someone who may not teach any more go off sale; those enrolled keep them."""
    user, sales = await change_seller(
        db, actor_id=caller.user_id, user_id=user_id, role=form.role, status=form.status, now=now
    )
    authenticator.sessions.invalidate(user_id)
    counts = f" {sales.suspended} courses went off sale." if sales.suspended else ""
    return page.go(f"/admin/people/{user_id}", f"{user.display_name} is {user.status}, {user.role}.{counts}")


@pages.post(_ONE + "/end-sessions", page_id="page_admin_end_sessions", policy=CHANGE, form_page=show_person)
async def send_end_sessions(
    page: WithPage, user_id: UUID, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    await end_sessions_of(db, actor_id=caller.user_id, user_id=user_id, now=now)
    authenticator.sessions.invalidate(user_id)
    return page.go(f"/admin/people/{user_id}", "All sessions of this person have ended.")


@pages.get(_ONE + "/erase", page_id="page_admin_person_erase", policy=SENSITIVE_READ)
async def show_erase(page: WithPage, user_id: UUID, db: Db) -> Response:
    user = await users.get_user(db, user_id)
    return page.render("admin/person_erase.html", user=user, form=page.form(f"/admin/people/{user_id}/erase"))


@pages.post(_ONE + "/erase", page_id="page_admin_person_erase_send", policy=SENSITIVE, form_page=show_erase)
async def send_erase(
    page: WithPage,
    user_id: UUID,
    form: Annotated[ErasureConfirmation, Form()],
    caller: SignedIn,
    authenticator: WithAuthenticator,
    rooms: Rooms,
    db: Db,
    now: Now,
) -> Response:
    user = await users.get_user(db, user_id)
    _require_confirmation(user, form.confirmation)
    await request_erasure(db, caller=caller, user_id=user_id, sealer=authenticator.sealer, steps=rooms, now=now)
    authenticator.sessions.invalidate(user_id)
    return page.go("/admin/people", "The account is erased. The modules erase the rest within minutes.")


def _require_confirmation(user: User, typed: str) -> None:
    if canonical_email(typed) != canonical_email(user.email or ""):
        raise Invalid(details=[{"field": "confirmation", "message": "is not the address of this person"}])
