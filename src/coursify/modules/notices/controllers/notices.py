"""Notices as their two sides send, read and appeal them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response

from coursify.core.http import Configuration, Db, MaybeSignedIn, Now, Router, Seal, WithDatabase, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound, LessonNotFound
from coursify.modules.notices.errors import (
    AlreadyAppealed,
    AppealTooLate,
    ContactRequired,
    NoticeNotDecided,
    NoticeNotFound,
)
from coursify.modules.notices.schemas import NoticeAppeal, NoticeCreate, NoticeOut, NoticeToken
from coursify.modules.notices.services.appeal_decision import appeal_decision
from coursify.modules.notices.services.identify_side import identify_side
from coursify.modules.notices.services.send_notice import send_notice
from coursify.modules.reviews.errors import ReviewNotFound

router = Router(tag="notices")

Reference = Annotated[str, Path(max_length=60, description="such as `N-7K3Q-2MPX`")]
SIDES = "the two sides: signed in, or with the token of an email"


@router.post(
    "/notices",
    operation_id="send_notice",
    policy=Policy(Who.ANYONE, rule="about what the caller can see", rate="notice"),
    response_model=Envelope[NoticeOut],
    status_code=202,
    responses=failures(ContactRequired, CourseNotFound, LessonNotFound, ReviewNotFound),
)
async def post_notice(body: NoticeCreate, caller: MaybeSignedIn, sealer: Seal, db: Db, now: Now) -> Response:
    """Tell us about a course, a lesson or a review that is illegal or against the rules. You get a receipt by email."""
    notice = await send_notice(
        db, caller=caller, complaint=body.complaint(), contact=body.reach(), sealer=sealer, now=now
    )
    return reply(NoticeOut.of(notice), f"Notice {notice.reference} received.", status=202)


@router.get(
    "/notices/{reference}",
    operation_id="get_notice",
    policy=Policy(Who.ANYONE, rule=SIDES, rate="read"),
    response_model=Envelope[NoticeOut],
    responses=failures(NoticeNotFound),
)
async def get_notice(
    reference: Reference,
    query: Annotated[NoticeToken, Query()],
    caller: MaybeSignedIn,
    configuration: Configuration,
    database: WithDatabase,
) -> Response:
    """How a notice stands and what was decided, for its sender and for the person whom it affects."""
    server_key = configuration.keys.server_key
    async with database.read() as db:
        notice, _side = await identify_side(
            db, caller=caller, reference=reference, token=query.token, server_key=server_key
        )
    return reply(NoticeOut.of(notice), "Notice.")


@router.post(
    "/notices/{reference}/appeal",
    operation_id="appeal_decision",
    policy=Policy(Who.ANYONE, rule=SIDES, rate="notice"),
    response_model=Envelope[NoticeOut],
    status_code=202,
    responses=failures(NoticeNotFound, NoticeNotDecided, AlreadyAppealed, AppealTooLate),
)
async def post_appeal(
    reference: Reference, body: NoticeAppeal, caller: MaybeSignedIn, configuration: Configuration, db: Db, now: Now
) -> Response:
    """Appeal against the decision about a notice: once, by either side, within six months. Another admin decides."""
    server_key = configuration.keys.server_key
    notice = await appeal_decision(
        db, caller=caller, reference=reference, token=body.token, text=body.text, server_key=server_key, now=now
    )
    return reply(NoticeOut.of(notice), "Appeal received.", status=202)
