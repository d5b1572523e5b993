"""An admin decides about a notice, or about the appeal against the first decision."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.courses.errors import CourseNotFound, SaleAlreadySuspended, SaleNotSuspended
from coursify.modules.courses.services.resume_sale import resume_sale
from coursify.modules.courses.services.suspend_sale import suspend_sale
from coursify.modules.notices import emails, policies, queries
from coursify.modules.notices.errors import AnotherAdminNeeded, DecisionNotPossible, NoticeDecided, SubjectDeleted
from coursify.modules.notices.models import DECISIONS, Decision, Notice, Verdict
from coursify.modules.reviews.errors import ReviewAlreadyHidden, ReviewNotFound, ReviewNotHidden
from coursify.modules.reviews.services.hide_review import hide_review
from coursify.modules.reviews.services.restore_review import restore_review
from coursify.modules.users.queries import users


async def decide_notice(
    db: Connection,
    *,
    caller: Caller,
    notice_id: UUID,
    verdict: Verdict,
    now: datetime,
) -> Notice:
    """Carries it out, and sends both sides the statement of reasons.

    `no_action` changes nothing: after an appeal, the first decision stays. Raises NoticeNotFound, NoticeDecided,
    DecisionNotPossible, AnotherAdminNeeded, SubjectDeleted.
    """
    await queries.lock_notice(db, notice_id)
    notice = await queries.get_notice(db, notice_id)
    if not notice.waits:
        raise NoticeDecided
    if verdict.decision not in DECISIONS[notice.subject_type]:
        raise DecisionNotPossible
    active_admins = await users.count_active_admins(db)
    if policies.must_leave_to_another(notice, caller.user_id, active_admins=active_admins):
        raise AnotherAdminNeeded
    try:
        await _carry_out(db, caller, notice, verdict, now)
    except (ReviewNotFound, CourseNotFound) as error:
        raise SubjectDeleted from error
    decision_id = await queries.insert_decision(
        db,
        notice_id=notice_id,
        verdict=verdict,
        decided_by=caller.user_id,
        now=now,
    )
    await queries.mark_decided(db, notice_id, now=now)
    await _record(db, caller, notice, verdict.decision, now)
    await emails.post_decided(db, notice=notice, decision_id=decision_id, now=now)
    return await queries.get_notice(db, notice_id)


async def _carry_out(db: Connection, caller: Caller, notice: Notice, verdict: Verdict, now: datetime) -> None:
    """What is so already stays so. The statement of reasons takes the place of the usual email."""
    match verdict.decision:
        case "hide_review":
            with suppress(ReviewAlreadyHidden):
                await hide_review(
                    db,
                    caller=caller,
                    review_id=notice.subject_id,
                    reason=verdict.statement,
                    is_announced=False,
                    now=now,
                )
        case "restore_review":
            with suppress(ReviewNotHidden):
                await restore_review(
                    db,
                    caller=caller,
                    review_id=notice.subject_id,
                    reason=verdict.statement,
                    is_announced=False,
                    now=now,
                )
        case "suspend_sale":
            with suppress(SaleAlreadySuspended):
                await suspend_sale(
                    db, caller=caller, course_id=notice.course_id, reason=verdict.statement, is_announced=False, now=now
                )
        case "resume_sale":
            with suppress(SaleNotSuspended):
                await resume_sale(db, caller=caller, course_id=notice.course_id, is_announced=False, now=now)
        case "no_action":
            pass


async def _record(db: Connection, caller: Caller, notice: Notice, decision: Decision, now: datetime) -> None:
    await resolve(
        db,
        kind="notice_open",
        object_type="notice",
        object_id=notice.id,
        resolution=decision,
        resolved_by=caller.user_id,
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="notice.decide_appeal" if notice.status == "appealed" else "notice.decide",
        target_type="notice",
        target_id=notice.id,
        details={
            "decision": decision,
            "subjectType": notice.subject_type,
            "subjectId": str(notice.subject_id),
            "reference": notice.reference,
        },
    )
