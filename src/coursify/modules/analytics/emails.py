"""The weekly digest: what an instructor sold, and what is new for a learner."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from coursify.core import mail
from coursify.core.currencies import format_amount
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.analytics.queries import digests
from coursify.modules.notifications.services.compose_news import compose_news

WEEKLY_DIGEST = "weekly_digest"
WEEK = timedelta(days=7)
SHOWN = 20


async def post_weekly_digest(db: Connection, *, user_id: UUID, week: int, now: datetime) -> None:
    """Once for each person and week, such as 202648."""
    await mail.enqueue_email(db, kind=WEEKLY_DIGEST, subject_id=user_id, user_id=user_id, occurrence=week, now=now)


async def compose_weekly_digest(db: Connection, resources: CoreResources, user_id: UUID) -> Email | None:
    """The seven days (UTC) before today; None when nothing happened in them."""
    today = (datetime.now(UTC) + resources.database.offset()).date()
    until = datetime.combine(today, time.min, UTC)
    since = until - WEEK
    teaching = await digests.sum_teaching(db, user_id, since=since, until=until)
    taught = await digests.list_taught_courses(db, user_id, since=since, until=until, limit=SHOWN)
    sales = await digests.list_sales(db, user_id, since=since, until=until)
    learning = await digests.list_learning(db, user_id, since=since, until=until, limit=SHOWN)
    if not (teaching.enrollments or teaching.ratings or sales or learning):
        return None
    return await compose_news(
        db,
        resources,
        user_id=user_id,
        kind="digest",
        template=WEEKLY_DIGEST,
        subject="Your week",
        since=since.date(),
        until=(until - timedelta(days=1)).date(),
        teaching=teaching,
        taught=taught,
        sales=[
            {
                "gross": format_amount(row.gross_minor, row.currency),
                "refunded": format_amount(row.refunded_minor, row.currency) if row.refunded_minor else None,
                "share": format_amount(row.share_minor, row.currency),
            }
            for row in sales
        ],
        learning=learning,
    )
