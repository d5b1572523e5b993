"""What learners say about one's courses, and the answers to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager
from coursify.modules.reviews.schemas import ReviewReply
from coursify.modules.reviews.services.list_reviews_to_answer import list_reviews_to_answer
from coursify.modules.reviews.services.reply_to_review import reply_to_review
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.policies import OWN, REPLY

pages = Pages()

REVIEWS = "/teach/reviews"


class ReviewsQuery(PageQuery):
    show: Literal["unanswered"] | None = None


@pages.get(REVIEWS, page_id="page_teach_reviews", policy=OWN)
async def show_reviews(
    page: WithPage,
    caller: SignedIn,
    query: Annotated[ReviewsQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The newest first; `show=unanswered` leaves out what has an answer."""
    pager, me = Pager(query, cursors, "teach.reviews", caller.user_id, query.show), caller.user_id
    async with database.read() as db:
        found = await list_reviews_to_answer(
            db, instructor_id=me, is_unanswered=query.show is not None, window=pager.window
        )
    meta = pager.meta(found)
    forms = {
        review.id: page.form(f"{REVIEWS}/{review.id}/reply", {"reply": review.reply or ""}) for review in found.items
    }
    values: dict[str, Any] = {"reviews": found.items, "meta": meta, "next_page": page.next_page(meta), "forms": forms}
    return page.render("teach/reviews.html", shown=query.show, **values)


@pages.post(f"{REVIEWS}/{{review_id}}/reply", page_id="page_teach_reply", policy=REPLY, form_page=show_reviews)
async def send_reply(
    page: WithPage, review_id: UUID, form: Annotated[ReviewReply, Form()], caller: SignedIn, db: Db, now: Now
) -> Response:
    await reply_to_review(db, caller=caller, review_id=review_id, reply=form.reply, now=now)
    return page.go(f"{REVIEWS}#review-{review_id}", "Answer published below the review.")
