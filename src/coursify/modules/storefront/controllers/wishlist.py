"""/wishlist: courses that a person wants to remember."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, PageQuery, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.storefront.errors import NotWished, WishlistFull
from coursify.modules.storefront.queries import wishes
from coursify.modules.storefront.schemas import WishlistPage, WishOut, summaries
from coursify.modules.storefront.services.add_wish import add_wish
from coursify.modules.storefront.services.find_surroundings import find_surroundings
from coursify.modules.storefront.services.list_wishes import list_wishes

router = Router(tag="wish list")


@router.get(
    "/wishlist",
    operation_id="list_wishes",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=WishlistPage,
    responses=failures(PageTooDeep, CursorInvalid),
)
async def get_wishlist(
    caller: SignedIn, database: WithDatabase, cursors: PageCursors, query: Annotated[PageQuery, Query()]
) -> Response:
    """The courses in your wish list, the one added last first. One that went off sale comes back with its sale."""
    pager = Pager(query, cursors, "wishes", caller.user_id)
    now = await database.now()
    async with database.read() as db:
        page = await list_wishes(db, user_id=caller.user_id, window=pager.window)
        around = await find_surroundings(db, caller=caller, courses=page.items, now=now)
    return reply(summaries(page.items, around), "Your wish list.", meta=pager.meta(page))


@router.get(
    "/wishlist/{course_id}",
    operation_id="get_wish",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[WishOut],
    responses=failures(NotWished),
)
async def get_wish(course_id: UUID, caller: SignedIn, database: WithDatabase) -> Response:
    """Whether a course is in your wish list."""
    async with database.read() as db:
        if not await wishes.has_wish(db, user_id=caller.user_id, course_id=course_id):
            raise NotWished
    return reply(WishOut(course_id=course_id, wished=True), "In your wish list.")


@router.put(
    "/wishlist/{course_id}",
    operation_id="add_wish",
    policy=Policy(Who.SIGNED_IN, rule="a course on sale"),
    response_model=Envelope[WishOut],
    responses=failures(CourseNotFound, WishlistFull),
)
async def put_wish(course_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Add a course to your wish list; adding it again changes nothing. A list has at most 500 courses."""
    await add_wish(db, user_id=caller.user_id, course_id=course_id, now=now)
    return reply(WishOut(course_id=course_id, wished=True), "Added to your wish list.")


@router.delete(
    "/wishlist/{course_id}",
    operation_id="remove_wish",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[WishOut],
)
async def delete_wish(course_id: UUID, caller: SignedIn, db: Db) -> Response:
    """Remove a course from your wish list; one that is not in it stays out of it."""
    await wishes.delete_wish(db, user_id=caller.user_id, course_id=course_id)
    return reply(WishOut(course_id=course_id, wished=False), "Removed from your wish list.")
