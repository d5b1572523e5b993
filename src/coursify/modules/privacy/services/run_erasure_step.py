"""One system forgets an erased person; after the last one the receipt goes out. Every step may run twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs, mail
from coursify.core.database import Connection, Database
from coursify.modules.courses.queries import owners
from coursify.modules.enrollments import queries as enrollment_queries
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import refunds as refund_queries
from coursify.modules.payments.services.forget_customer import forget_customer
from coursify.modules.privacy.models import STEPS, Step
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.services.request_erasure import RUN_STEP
from coursify.modules.reviews import queries as review_queries

WAIT_FOR_MONEY_SECONDS = 300


async def run_erasure_step(database: Database, gateway: PaymentGateway, *, erasure_id: UUID, step: Step) -> None:
    """While money is on its way the provider keeps the customer, and this step tries again in five minutes."""
    async with database.read() as db:
        erasure = await erasures.find_erasure(db, erasure_id)
    if erasure is None:
        return
    is_forgotten = step != "payment_customer" or await forget_customer(database, gateway, user_id=erasure.user_id)
    async with database.transaction() as (db, now):
        if not is_forgotten:
            await jobs.defer(db, RUN_STEP, delay_seconds=WAIT_FOR_MONEY_SECONDS, erasure_id=erasure_id, step=step)
            return
        await erasures.lock_erasure(db, erasure_id)
        await _forget(db, step, user_id=erasure.user_id, now=now)
        await erasures.insert_done_step(db, erasure_id, step=step, now=now)
        if set(await erasures.list_done_steps(db, erasure_id)) >= set(STEPS) and await erasures.mark_erasure_completed(
            db, erasure_id, now=now
        ):
            await mail.enqueue_email(
                db, kind="erasure_receipt", subject_id=erasure_id, user_id=erasure.user_id, now=now
            )


async def _forget(db: Connection, step: Step, *, user_id: UUID, now: datetime) -> None:
    match step:
        case "courses":
            for course_id in await owners.take_down_courses_of(db, user_id, now=now):
                await audit.record(
                    db,
                    actor_id=None,
                    action="course.delete",
                    target_type="course",
                    target_id=course_id,
                    details={"reason": "its instructor was erased"},
                )
        case "reviews":
            await review_queries.clear_comments_of(db, user_id, now=now)
            await review_queries.clear_replies_of(db, user_id, now=now)
        case "progress":
            await enrollment_queries.delete_progress_of(db, user_id)
        case "payment_customer":
            # The provider was asked before this transaction began.
            await refund_queries.clear_reasons_of(db, user_id)
