"""SQL of reports about reviews and of what admins decide about them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import (
    Connection,
    Records,
    execute,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_records,
    fetch_value,
)
from coursify.core.ordering import Order, bind_key
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.reviews.models import (
    DecisionEmail,
    ModeratedReview,
    ModerationOrder,
    ModerationStatus,
    Report,
    ReportEmail,
    ReportReason,
    Review,
    ReviewDecision,
    ReviewStatus,
)
from coursify.modules.reviews.queries.reviews import REVIEW, WITH_AUTHOR_AND_COURSE

MAX_REPORTS: Final = 20

_REPORT: Final = "id, review_id, reporter_id, reason, comment, created_at, decision_id"
_IS_REPORTED: Final = """
    EXISTS (SELECT FROM review_reports AS report WHERE report.review_id = review.id AND report.decision_id IS NULL)
"""
STATUSES: Final[dict[ModerationStatus, str]] = {
    "reported": f"AND review.status = 'visible' AND {_IS_REPORTED}",
    "hidden": "AND review.status = 'hidden'",
    "visible": "AND review.status = 'visible'",
}
_BY_RATING: Final = "(review.rating, review.id) {} (%(after_0)s::bigint, %(after_1)s::uuid)"
ORDERS: Final[dict[ModerationOrder, Order]] = {
    "-written": Order("review.id DESC", "review.id < %(after_0)s::uuid", ("id",)),
    "written": Order("review.id", "review.id > %(after_0)s::uuid", ("id",)),
    "-rating": Order("review.rating DESC, review.id DESC", _BY_RATING.format("<"), ("rating", "id")),
    "rating": Order("review.rating, review.id", _BY_RATING.format(">"), ("rating", "id")),
}


async def insert_report(
    db: Connection, *, review_id: UUID, reporter_id: UUID, reason: ReportReason, comment: str | None, now: datetime
) -> Report | None:
    """The new report, or None when this person has reported this review before."""
    return await fetch_optional(
        db,
        Report,
        f"""
        INSERT INTO review_reports (review_id, reporter_id, reason, comment, created_at)
        VALUES (%(review_id)s, %(reporter_id)s, %(reason)s, %(comment)s, %(now)s)
        ON CONFLICT (review_id, reporter_id) DO NOTHING
        RETURNING {_REPORT}
        """,
        review_id=review_id,
        reporter_id=reporter_id,
        reason=reason,
        comment=comment,
        now=now,
    )


async def get_report(db: Connection, *, review_id: UUID, reporter_id: UUID) -> Report:
    return await fetch_one(
        db,
        Report,
        f"SELECT {_REPORT} FROM review_reports WHERE review_id = %(review_id)s AND reporter_id = %(reporter_id)s",
        review_id=review_id,
        reporter_id=reporter_id,
    )


async def count_open_reports(db: Connection, review_id: UUID) -> int:
    return await fetch_value(
        db,
        int,
        "SELECT count(*) FROM review_reports WHERE review_id = %(review_id)s AND decision_id IS NULL",
        review_id=review_id,
    )


async def insert_decision(
    db: Connection, *, review_id: UUID, decision: ReviewDecision, reason: str | None, decided_by: UUID, now: datetime
) -> UUID:
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO review_decisions (review_id, decision, reason, decided_by, decided_at)
        VALUES (%(review_id)s, %(decision)s, %(reason)s, %(decided_by)s, %(now)s) RETURNING id
        """,
        review_id=review_id,
        decision=decision,
        reason=reason,
        decided_by=decided_by,
        now=now,
    )


async def close_reports(db: Connection, review_id: UUID, *, decision_id: UUID) -> list[Report]:
    """Decide every open report of the review; which ones they were."""
    return await fetch_all(
        db,
        Report,
        f"""
        UPDATE review_reports SET decision_id = %(decision_id)s
        WHERE review_id = %(review_id)s AND decision_id IS NULL RETURNING {_REPORT}
        """,
        review_id=review_id,
        decision_id=decision_id,
    )


async def set_review_status(db: Connection, review_id: UUID, *, status: ReviewStatus) -> Review:
    """Its author did not change it: `updated_at` stays."""
    return await fetch_one(
        db,
        Review,
        f"""
        WITH review AS (UPDATE reviews SET status = %(status)s WHERE id = %(review_id)s RETURNING *)
        SELECT {REVIEW} FROM review {WITH_AUTHOR_AND_COURSE}
        """,
        review_id=review_id,
        status=status,
    )


async def list_moderated_reviews(
    db: Connection, *, status: ModerationStatus | None, order: ModerationOrder, window: Window
) -> list[ModeratedReview]:
    """Live reviews of every course with the reports about them."""
    sql = compose_moderated(status, order, is_continued=window.after is not None)
    return await fetch_all(db, ModeratedReview, sql, **bind_key(window))


async def get_moderated_review(db: Connection, review_id: UUID) -> ModeratedReview:
    return await fetch_one(
        db,
        ModeratedReview,
        f"""
        SELECT {REVIEW}, {_MODERATION} FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE review.id = %(review_id)s AND review.deleted_at IS NULL
        """,
        review_id=review_id,
    )


async def count_moderated_reviews(db: Connection, *, status: ModerationStatus | None) -> int:
    """How many list_moderated_reviews has in all, up to one more than the cap."""
    return await fetch_value(
        db,
        int,
        f"""
        SELECT count(*) FROM (
            SELECT FROM reviews AS review WHERE {_where(status)} LIMIT {TOTAL_CAP + 1}
        ) AS capped
        """,
    )


_MODERATION: Final = f"""
    (SELECT count(*) FROM review_reports AS report WHERE report.review_id = review.id) AS report_count,
    (SELECT count(*) FROM review_reports AS report WHERE report.review_id = review.id AND report.decision_id IS NULL)
        AS open_report_count,
    (SELECT coalesce(json_agg(newest), '[]') FROM (
        SELECT report.reporter_id, report.reason, report.comment, report.created_at,
               report.decision_id IS NULL AS is_open
        FROM review_reports AS report WHERE report.review_id = review.id ORDER BY report.id DESC LIMIT {MAX_REPORTS}
    ) AS newest) AS reports,
    (SELECT to_json(latest) FROM (
        SELECT decision, reason, decided_by, decided_at FROM review_decisions AS decided
        WHERE decided.review_id = review.id ORDER BY decided.id DESC LIMIT 1
    ) AS latest) AS last_decision
"""


def compose_moderated(status: ModerationStatus | None, order: ModerationOrder, *, is_continued: bool) -> str:
    """Names and reports are joined to the rows of the page alone."""
    return f"""
        SELECT {REVIEW}, {_MODERATION}
        FROM (
            SELECT review.* FROM reviews AS review
            WHERE {_where(status)} {f"AND {ORDERS[order].after}" if is_continued else ""}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        ) AS review {WITH_AUTHOR_AND_COURSE}
        ORDER BY {ORDERS[order].columns}
    """


def _where(status: ModerationStatus | None) -> str:
    return f"review.deleted_at IS NULL {STATUSES[status] if status else ''}"


async def find_decision_email(db: Connection, decision_id: UUID) -> DecisionEmail | None:
    """What the author of a review reads about an admin's decision."""
    return await fetch_optional(
        db,
        DecisionEmail,
        """
        SELECT author.email, author.name, course.title AS course_title, review.id AS review_id, decided.reason
        FROM review_decisions AS decided JOIN reviews AS review ON review.id = decided.review_id
        JOIN users AS author ON author.id = review.user_id JOIN courses AS course ON course.id = review.course_id
        WHERE decided.id = %(decision_id)s AND review.deleted_at IS NULL
        """,
        decision_id=decision_id,
    )


async def find_report_email(db: Connection, report_id: UUID) -> ReportEmail | None:
    """What someone who reported a review reads about the decision."""
    return await fetch_optional(
        db,
        ReportEmail,
        """
        SELECT reporter.email, reporter.name, course.title AS course_title, decided.decision
        FROM review_reports AS report JOIN review_decisions AS decided ON decided.id = report.decision_id
        JOIN users AS reporter ON reporter.id = report.reporter_id
        JOIN reviews AS review ON review.id = report.review_id JOIN courses AS course ON course.id = review.course_id
        WHERE report.id = %(report_id)s
        """,
        report_id=report_id,
    )


async def clear_reports_of(db: Connection, user_id: UUID) -> int:
    """Delete what an erased person wrote in reports; the reasons stay."""
    return await execute(
        db,
        "UPDATE review_reports SET comment = NULL WHERE reporter_id = %(user_id)s AND comment IS NOT NULL",
        user_id=user_id,
    )


async def list_reports_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT review_id, reason, comment, created_at FROM review_reports
        WHERE reporter_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )
