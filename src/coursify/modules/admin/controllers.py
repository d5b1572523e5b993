"""/admin/attention, the work list, and /admin/jobs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from coursify.core.errors import StepUpRequired
from coursify.core.http import Configuration, Db, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import TOTAL_CAP, CursorInvalid, Pager, PageTooDeep, cut
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.admin.errors import (
    ActionNotPossible,
    AttentionItemNotFound,
    AttentionItemResolved,
    JobNotFailed,
    JobNotFound,
)
from coursify.modules.admin.schemas import ActionIn, AttentionOut, AttentionQuery, JobOut, JobQuery
from coursify.modules.admin.services.act_on_item import act_on_item
from coursify.modules.admin.services.list_jobs import list_jobs as list_queued_jobs
from coursify.modules.admin.services.retry_job import retry_job as retry_failed_job
from coursify.modules.attention import queries as attention
from coursify.modules.attention.models import Action
from coursify.modules.attention.services.collect_failures import collect_failures
from coursify.modules.payments.errors import (
    AmountNotAcceptable,
    PaymentDisputed,
    PaymentNotRefundable,
    RefundExceedsPayment,
    RefundNotFailed,
    SecondAdminNeeded,
)

router = Router(tag="admin")

JobNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get(
    "/admin/attention",
    operation_id="list_attention",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[AttentionOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_attention(db: Db, now: Now, cursors: PageCursors, query: Annotated[AttentionQuery, Query()]) -> Response:
    """What needs a person, or what was resolved (`state=resolved`), newest first."""
    pager = Pager(query, cursors, "attention", query.kind, query.state)
    window = pager.window
    await collect_failures(db, now=now)
    is_open = query.state == "open"
    rows = await attention.list_items(db, is_open=is_open, kind=query.kind, before=window.after_id, **window.bound())
    total = await attention.count_items(db, is_open=is_open, kind=query.kind, cap=TOTAL_CAP)
    page = cut(rows, window, total=total)
    shown = [AttentionOut.of(item) for item in page.items]
    return reply(shown, "Work list, newest first.", meta=pager.meta(page))


@router.post(
    "/admin/attention/{item_id}/{action}",
    operation_id="act_on_attention",
    policy=Policy(Who.ADMIN, rule="after a recent sign-in where money moves", idempotency=Idempotency.OPTIONAL),
    status_code=200,
    response_model=Envelope[AttentionOut],
    responses=failures(
        AttentionItemNotFound,
        AttentionItemResolved,
        ActionNotPossible,
        PaymentNotRefundable,
        PaymentDisputed,
        AmountNotAcceptable,
        RefundNotFailed,
        RefundExceedsPayment,
        SecondAdminNeeded,
        StepUpRequired,
    ),
)
async def act_on_attention(
    item_id: UUID, action: Action, body: ActionIn, caller: SignedIn, db: Db, now: Now, configuration: Configuration
) -> Response:
    """Do one of an item's `actions`; those that move money want a recent sign-in."""
    item = await act_on_item(
        db,
        caller=caller,
        item_id=item_id,
        action=action,
        note=body.note,
        two_person_limits=dict(configuration.app.two_person_refunds),
        now=now,
    )
    return reply(AttentionOut.of(item), "Action carried out.")


@router.get(
    "/admin/jobs",
    operation_id="list_jobs",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[JobOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_jobs(database: WithDatabase, cursors: PageCursors, query: Annotated[JobQuery, Query()]) -> Response:
    """The jobs that wait, run or have failed, newest first; those that succeeded are deleted."""
    pager = Pager(query, cursors, "jobs", query.status, query.kind)
    async with database.read() as db:
        page = await list_queued_jobs(db, status=query.status, kind=query.kind, window=pager.window)
    return reply([JobOut.of(job) for job in page.items], "Jobs, newest first.", meta=pager.meta(page))


@router.post(
    "/admin/jobs/{job_id}/retry",
    operation_id="retry_job",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    status_code=202,
    response_model=Envelope[JobOut],
    responses=failures(JobNotFound, JobNotFailed),
)
async def retry_job(job_id: JobNumber, caller: SignedIn, db: Db, now: Now) -> Response:
    """Run a failed job once more."""
    job = await retry_failed_job(db, caller=caller, job_id=job_id, now=now)
    return reply(JobOut.of(job), "Job queued.", status=202)
