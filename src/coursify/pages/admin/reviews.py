"""Reviews: those that were reported, and what an admin decides about one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import Pager
from coursify.modules.courses.queries import courses
from coursify.modules.reviews.models import ModerationOrder
from coursify.modules.reviews.queries import moderation
from coursify.modules.reviews.schemas import HideReason, ModeratedReviewOut, ModerationQuery, OptionalReason
from coursify.modules.reviews.services.dismiss_reports import dismiss_reports
from coursify.modules.reviews.services.hide_review import hide_review
from coursify.modules.reviews.services.list_for_admins import list_for_admins
from coursify.modules.reviews.services.restore_review import restore_review
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/reviews/{review_id}"
REPORTED = "/admin/reviews?status=reported"


class ReviewSearch(ModerationQuery):
    sort: ModerationOrder = "-written"


@pages.get("/admin/reviews", page_id="page_admin_reviews", policy=READ)
async def show_reviews(
    page: WithPage, query: Annotated[ReviewSearch, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.reviews", query.status, query.sort)
    async with database.read() as db:
        found = await list_for_admins(db, status=query.status, order=query.sort, window=pager.window)
    meta = pager.meta(found)
    return page.render(
        "admin/reviews.html", reviews=found.items, chosen=query, meta=meta, next_page=page.next_page(meta)
    )


@pages.get(_ONE, page_id="page_admin_review", policy=READ)
async def show_review(page: WithPage, review_id: UUID, db: Db) -> Response:
    review = await moderation.get_moderated_review(db, review_id)
    forms = {name: page.form(f"/admin/reviews/{review_id}/{name}") for name in ("hide", "restore", "dismiss")}
    course = await courses.get_course(db, review.course_id)
    shown = ModeratedReviewOut.with_reports(review)
    return page.render("admin/review.html", review=shown, course=course, forms=forms)


@pages.post(_ONE + "/hide", page_id="page_admin_hide_review", policy=CHANGE, form_page=show_review)
async def send_hide(
    page: WithPage, review_id: UUID, caller: SignedIn, form: Annotated[HideReason, Form()], db: Db, now: Now
) -> Response:
    await hide_review(db, caller=caller, review_id=review_id, reason=form.reason, now=now)
    return page.go(REPORTED, "The review is hidden and counts nowhere. Its author gets your reason.")


@pages.post(_ONE + "/restore", page_id="page_admin_restore_review", policy=CHANGE, form_page=show_review)
async def send_restore(
    page: WithPage, review_id: UUID, caller: SignedIn, form: Annotated[OptionalReason, Form()], db: Db, now: Now
) -> Response:
    await restore_review(db, caller=caller, review_id=review_id, reason=form.reason, now=now)
    return page.go(REPORTED, "The review is visible again and counts.")


@pages.post(_ONE + "/dismiss", page_id="page_admin_dismiss_reports", policy=CHANGE, form_page=show_review)
async def send_dismissal(
    page: WithPage, review_id: UUID, caller: SignedIn, form: Annotated[OptionalReason, Form()], db: Db, now: Now
) -> Response:
    await dismiss_reports(db, caller=caller, review_id=review_id, reason=form.reason, now=now)
    return page.go(REPORTED, "The reports are closed. The review stays as it is.")
