"""SQL of notices and of the decisions about them."""

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
    find_value,
)
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.notices.errors import NoticeNotFound
from coursify.modules.notices.models import (
    Complaint,
    Notice,
    NoticeEmail,
    NoticeStatus,
    Subject,
    Verdict,
)
from coursify.modules.notices.tokens import Side

_NOTICE: Final = """
    notice.id, notice.reference, notice.subject_type, notice.subject_id, notice.course_id,
    course.title AS course_title, notice.affected_id, notice.notifier_id, notice.contact, notice.reason,
    notice.explanation, notice.is_good_faith, notice.status, notice.created_at, notice.decided_at, notice.appealed_by,
    notice.appeal, notice.appealed_at,
    (SELECT coalesce(json_agg(json_build_object(
            'decision', decided.decision, 'ground', decided.ground, 'statement', decided.statement,
            'decided_by', decided.decided_by, 'decided_at', decided.decided_at
        ) ORDER BY decided.id), '[]')
     FROM notice_decisions AS decided WHERE decided.notice_id = notice.id) AS decisions
"""
_WITH_COURSE: Final = "JOIN courses AS course ON course.id = notice.course_id"


async def insert_notice(
    db: Connection,
    *,
    notice_id: UUID,
    reference: str,
    subject: Subject,
    notifier_id: UUID | None,
    contact: bytes | None,
    complaint: Complaint,
    now: datetime,
) -> bool:
    """False when this person has an open notice about this subject."""
    inserted = await execute(
        db,
        """
        INSERT INTO notices (id, reference, subject_type, subject_id, course_id, affected_id, notifier_id, contact,
                             reason, explanation, is_good_faith, created_at)
        VALUES (%(notice_id)s, %(reference)s, %(subject_type)s, %(subject_id)s, %(course_id)s, %(affected_id)s,
                %(notifier_id)s, %(contact)s, %(reason)s, %(explanation)s, %(is_good_faith)s, %(now)s)
        ON CONFLICT (notifier_id, subject_type, subject_id) WHERE status = 'open' AND notifier_id IS NOT NULL DO NOTHING
        """,
        notice_id=notice_id,
        reference=reference,
        subject_type=subject.type,
        subject_id=subject.id,
        course_id=subject.course_id,
        affected_id=subject.affected_id,
        notifier_id=notifier_id,
        contact=contact,
        reason=complaint.reason,
        explanation=complaint.explanation,
        is_good_faith=complaint.is_good_faith,
        now=now,
    )
    return inserted > 0


async def get_notice(db: Connection, notice_id: UUID) -> Notice:
    """Raises NoticeNotFound."""
    notice = await fetch_optional(
        db,
        Notice,
        f"SELECT {_NOTICE} FROM notices AS notice {_WITH_COURSE} WHERE notice.id = %(notice_id)s",
        notice_id=notice_id,
    )
    if notice is None:
        raise NoticeNotFound
    return notice


async def get_newest_notice(db: Connection, *, notifier_id: UUID, subject: Subject) -> Notice:
    """The last one of this person about this subject; an admin may just have decided about it."""
    return await fetch_one(
        db,
        Notice,
        f"""
        SELECT {_NOTICE} FROM notices AS notice {_WITH_COURSE}
        WHERE notice.notifier_id = %(notifier_id)s AND notice.subject_type = %(subject_type)s
          AND notice.subject_id = %(subject_id)s
        ORDER BY notice.id DESC LIMIT 1
        """,
        notifier_id=notifier_id,
        subject_type=subject.type,
        subject_id=subject.id,
    )


async def find_notice_id(db: Connection, reference: str) -> UUID | None:
    return await find_value(db, UUID, "SELECT id FROM notices WHERE reference = %(reference)s", reference=reference)


async def lock_notice(db: Connection, notice_id: UUID) -> None:
    """Nobody else decides or appeals until this transaction ends; read the notice after it."""
    await execute(db, "SELECT FROM notices WHERE id = %(notice_id)s FOR NO KEY UPDATE", notice_id=notice_id)


async def insert_decision(
    db: Connection,
    *,
    notice_id: UUID,
    verdict: Verdict,
    decided_by: UUID,
    now: datetime,
) -> UUID:
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO notice_decisions (notice_id, decision, ground, statement, decided_by, decided_at)
        VALUES (%(notice_id)s, %(decision)s, %(ground)s, %(statement)s, %(decided_by)s, %(now)s) RETURNING id
        """,
        notice_id=notice_id,
        decision=verdict.decision,
        ground=verdict.ground,
        statement=verdict.statement,
        decided_by=decided_by,
        now=now,
    )


async def mark_decided(db: Connection, notice_id: UUID, *, now: datetime) -> int:
    """Open → decided; appealed → closed."""
    return await execute(
        db,
        """
        UPDATE notices SET status = CASE status WHEN 'open' THEN 'decided' ELSE 'closed' END, decided_at = %(now)s
        WHERE id = %(notice_id)s AND status IN ('open', 'appealed')
        """,
        notice_id=notice_id,
        now=now,
    )


async def mark_appealed(db: Connection, notice_id: UUID, *, side: Side, appeal: str, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE notices SET status = 'appealed', appealed_by = %(side)s, appeal = %(appeal)s, appealed_at = %(now)s
        WHERE id = %(notice_id)s AND status = 'decided'
        """,
        notice_id=notice_id,
        side=side,
        appeal=appeal,
        now=now,
    )


async def list_notices(db: Connection, *, status: NoticeStatus | None, window: Window) -> list[Notice]:
    """Newest first."""
    key = {} if window.after_id is None else {"before_id": window.after_id}
    given = {} if status is None else {"status": status}
    sql = compose_list(has_status=status is not None, is_continued=window.after is not None)
    return await fetch_all(db, Notice, sql, **given, **key, **window.bound())


async def count_notices(db: Connection, *, status: NoticeStatus | None) -> int:
    """How many there are, up to one more than the cap."""
    given = {} if status is None else {"status": status}
    where = "WHERE notice.status = %(status)s" if status else ""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM notices AS notice {where} LIMIT {TOTAL_CAP + 1}) AS capped",
        **given,
    )


def compose_list(*, has_status: bool, is_continued: bool) -> str:
    conditions = [
        "true",
        *(["notice.status = %(status)s"] if has_status else []),
        *(["notice.id < %(before_id)s"] if is_continued else []),
    ]
    return f"""
        SELECT {_NOTICE} FROM notices AS notice {_WITH_COURSE} WHERE {" AND ".join(conditions)}
        ORDER BY notice.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


async def find_notice_email(db: Connection, notice_id: UUID) -> NoticeEmail | None:
    """What the emails before a decision say."""
    return await fetch_optional(
        db,
        NoticeEmail,
        f"""
        SELECT {_EMAIL}, NULL::text AS decision, NULL::text AS ground, NULL::text AS statement, false AS is_about_appeal
        FROM notices AS notice {_WITH_PEOPLE} WHERE notice.id = %(notice_id)s
        """,
        notice_id=notice_id,
    )


async def find_decision_email(db: Connection, decision_id: UUID) -> NoticeEmail | None:
    """What the emails about a decision say."""
    return await fetch_optional(
        db,
        NoticeEmail,
        f"""
        SELECT {_EMAIL}, decided.decision, decided.ground, decided.statement,
               EXISTS (SELECT FROM notice_decisions AS earlier
                       WHERE earlier.notice_id = notice.id AND earlier.id < decided.id) AS is_about_appeal
        FROM notice_decisions AS decided JOIN notices AS notice ON notice.id = decided.notice_id {_WITH_PEOPLE}
        WHERE decided.id = %(decision_id)s
        """,
        decision_id=decision_id,
    )


_EMAIL: Final = """
    notice.id AS notice_id, notice.reference, notice.subject_type, course.title AS course_title, notice.reason,
    notice.contact, notifier.email AS notifier_email, notifier.name AS notifier_name,
    affected.email AS affected_email, affected.name AS affected_name,
    notice.notifier_id IS NOT DISTINCT FROM notice.affected_id AS is_one_person, notice.appealed_by
"""
_WITH_PEOPLE: Final = f"""
    {_WITH_COURSE} JOIN users AS affected ON affected.id = notice.affected_id
    LEFT JOIN users AS notifier ON notifier.id = notice.notifier_id
"""


async def delete_old_words(db: Connection, *, decided_before: datetime) -> int:
    """Delete contact and words of notices that were decided before."""
    return await execute(
        db,
        """
        UPDATE notices SET contact = NULL, explanation = NULL, appeal = NULL
        WHERE status IN ('decided', 'closed') AND decided_at < %(decided_before)s
          AND (contact IS NOT NULL OR explanation IS NOT NULL OR appeal IS NOT NULL)
        """,
        decided_before=decided_before,
    )


async def delete_words_of(db: Connection, user_id: UUID) -> int:
    """Delete what an erased person wrote in notices and appeals."""
    return await execute(
        db,
        """
        UPDATE notices SET
            explanation = CASE WHEN notifier_id = %(user_id)s THEN NULL ELSE explanation END,
            appeal = CASE WHEN (appealed_by = 'notifier' AND notifier_id = %(user_id)s)
                            OR (appealed_by = 'affected' AND affected_id = %(user_id)s) THEN NULL ELSE appeal END
        WHERE notifier_id = %(user_id)s OR affected_id = %(user_id)s
        """,
        user_id=user_id,
    )


async def list_notices_by(db: Connection, user_id: UUID) -> Records:
    """The notices that a person sent."""
    return await fetch_records(
        db,
        """
        SELECT reference, subject_type, subject_id, reason, explanation, status, created_at,
               CASE WHEN appealed_by = 'notifier' THEN appeal END AS appeal
        FROM notices WHERE notifier_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_notices_about(db: Connection, user_id: UUID) -> Records:
    """The decided notices about what a person wrote, without who sent them."""
    return await fetch_records(
        db,
        """
        SELECT reference, subject_type, subject_id, reason, status, decided_at,
               CASE WHEN appealed_by = 'affected' THEN appeal END AS appeal
        FROM notices WHERE affected_id = %(user_id)s AND decided_at IS NOT NULL ORDER BY id
        """,
        user_id=user_id,
    )
