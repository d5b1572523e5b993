"""SQL of courses as they were when an admin approved or rejected them, and of what has changed since."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value
from coursify.core.pagination import Window
from coursify.modules.courses.models.emails import DecisionEmail
from coursify.modules.courses.review_diff import CourseContent, CourseSnapshot, LessonChange, SnapshotDecision

_LIVE_LESSONS: Final = """
    SELECT lesson.id, lesson.position, section.title AS section_title, lesson.title, lesson.content, lesson.is_preview,
           lesson.duration_seconds, lesson.external_video_url, video.asset_id AS video_asset_id
    FROM lessons AS lesson LEFT JOIN sections AS section ON section.id = lesson.section_id
    LEFT JOIN lesson_videos AS video ON video.lesson_id = lesson.id
    WHERE lesson.course_id = %(course_id)s AND lesson.deleted_at IS NULL
"""
# Old and new side by side. A lesson has moved when its rank changed among the lessons that are in both.
_COMPARED: Final = f"""
    WITH compared AS (
        SELECT coalesce(new.id, old.lesson_id) AS id, coalesce(new.position, old.position) AS place,
               old.lesson_id IS NOT NULL AS is_old, new.id IS NOT NULL AS is_new,
               old.position AS old_position, new.position AS new_position,
               old.section_title AS old_section, new.section_title AS new_section,
               old.title AS old_title, new.title AS new_title, old.content AS old_content, new.content AS new_content,
               old.is_preview AS old_preview, new.is_preview AS new_preview,
               old.duration_seconds AS old_duration, new.duration_seconds AS new_duration,
               old.external_video_url AS old_external_video, new.external_video_url AS new_external_video,
               old.video_asset_id AS old_video, new.video_asset_id AS new_video,
               row_number() OVER (PARTITION BY old.lesson_id IS NULL, new.id IS NULL ORDER BY old.position)
                   <> row_number() OVER (PARTITION BY old.lesson_id IS NULL, new.id IS NULL ORDER BY new.position)
                   AS has_moved
        FROM (SELECT * FROM lesson_snapshots WHERE snapshot_id = %(snapshot_id)s) AS old
        FULL JOIN ({_LIVE_LESSONS}) AS new ON new.id = old.lesson_id
    ), changed AS (
        SELECT * FROM compared WHERE NOT is_old OR NOT is_new OR has_moved
            OR (old_section, old_title, old_content, old_preview, old_duration, old_external_video, old_video)
               IS DISTINCT FROM
               (new_section, new_title, new_content, new_preview, new_duration, new_external_video, new_video)
    )
"""


async def insert_snapshot(
    db: Connection, course_id: UUID, *, decision: SnapshotDecision, decided_by: UUID, now: datetime
) -> UUID:
    """Keep the course and its live lessons as they are. Call it with the course's lock. Returns the snapshot's id."""
    return await fetch_value(
        db,
        UUID,
        f"""
        WITH snapshot AS (
            INSERT INTO course_snapshots (course_id, decision, decided_by, taken_at, version, title, subtitle,
                                          description, requirements, outcomes, price_minor, currency, category,
                                          level, language, image)
            SELECT course.id, %(decision)s, %(decided_by)s, %(now)s, course.version, course.title, course.subtitle,
                   texts.description, texts.requirements, texts.outcomes, course.price_minor, course.currency,
                   course.category, course.level, course.language, course.image_path
            FROM courses AS course JOIN course_texts AS texts ON texts.course_id = course.id
            WHERE course.id = %(course_id)s
            RETURNING id
        ), kept AS (
            INSERT INTO lesson_snapshots (snapshot_id, lesson_id, position, section_title, title, content, is_preview,
                                          duration_seconds, external_video_url, video_asset_id)
            SELECT snapshot.id, live.* FROM snapshot CROSS JOIN ({_LIVE_LESSONS}) AS live
        )
        SELECT id FROM snapshot
        """,
        course_id=course_id,
        decision=decision,
        decided_by=decided_by,
        now=now,
    )


async def find_latest_snapshot(db: Connection, course_id: UUID) -> CourseSnapshot | None:
    return await fetch_optional(
        db,
        CourseSnapshot,
        """
        SELECT id, decision, decided_by, taken_at, title, subtitle, description, requirements, outcomes, price_minor,
               currency, category, level, language, image
        FROM course_snapshots WHERE course_id = %(course_id)s ORDER BY id DESC LIMIT 1
        """,
        course_id=course_id,
    )


async def find_decision_email(db: Connection, snapshot_id: UUID) -> DecisionEmail | None:
    """What the email about a decision says, and to whom; None when the course is in another status now, or deleted."""
    return await fetch_optional(
        db,
        DecisionEmail,
        """
        SELECT instructor.email, instructor.name, course.title AS course_title, course.slug AS course_slug,
               course.rejection_reason AS reason
        FROM course_snapshots AS snapshot JOIN courses AS course ON course.id = snapshot.course_id
        JOIN users AS instructor ON instructor.id = course.instructor_id
        WHERE snapshot.id = %(snapshot_id)s AND course.deleted_at IS NULL
          AND course.status = CASE snapshot.decision WHEN 'approved' THEN 'published' ELSE 'rejected' END
        """,
        snapshot_id=snapshot_id,
    )


async def get_course_content(db: Connection, course_id: UUID) -> CourseContent:
    """What a snapshot would keep of the course now."""
    return await fetch_one(
        db,
        CourseContent,
        """
        SELECT course.title, course.subtitle, texts.description, texts.requirements, texts.outcomes, course.price_minor,
               course.currency, course.category, course.level, course.language, course.image_path AS image
        FROM courses AS course JOIN course_texts AS texts ON texts.course_id = course.id
        WHERE course.id = %(course_id)s
        """,
        course_id=course_id,
    )


async def hash_content(db: Connection, course_id: UUID) -> str:
    """The same as long as a snapshot would keep the same; 32 hexadecimal digits."""
    return await fetch_value(
        db,
        str,
        f"""
        SELECT left(encode(sha256(convert_to(jsonb_build_array(
            course.title, course.subtitle, texts.description, texts.requirements, texts.outcomes, course.price_minor,
            course.currency, course.category, course.level, course.language, course.image_path,
            (SELECT jsonb_agg(live ORDER BY live.position) FROM ({_LIVE_LESSONS}) AS live)
        )::text, 'UTF8')), 'hex'), 32)
        FROM courses AS course JOIN course_texts AS texts ON texts.course_id = course.id
        WHERE course.id = %(course_id)s
        """,
        course_id=course_id,
    )


async def list_changed_lessons(
    db: Connection, course_id: UUID, *, snapshot_id: UUID | None, window: Window
) -> list[LessonChange]:
    """The lessons that are new, gone or different, in their order; without a snapshot all of them are new."""
    key = {} if window.after is None else {"after_place": window.after[0], "after_id": window.after[1]}
    return await fetch_all(
        db,
        LessonChange,
        compose_changed_lessons(is_continued=window.after is not None),
        course_id=course_id,
        snapshot_id=snapshot_id,
        **key,
        **window.bound(),
    )


async def count_changed_lessons(db: Connection, course_id: UUID, *, snapshot_id: UUID | None) -> int:
    return await fetch_value(
        db, int, f"{_COMPARED} SELECT count(*) FROM changed", course_id=course_id, snapshot_id=snapshot_id
    )


def compose_changed_lessons(*, is_continued: bool) -> str:
    after = "WHERE (place, id) > (%(after_place)s::integer, %(after_id)s::uuid)" if is_continued else ""
    return f"""
        {_COMPARED} SELECT * FROM changed {after} ORDER BY place, id LIMIT %(limit)s OFFSET %(offset)s
    """


async def delete_snapshots_of(db: Connection, instructor_id: UUID) -> int:
    """Of an erased instructor's courses, which are in no list any more."""
    return await execute(
        db,
        """
        DELETE FROM course_snapshots USING courses
        WHERE courses.id = course_id AND courses.instructor_id = %(instructor_id)s
        """,
        instructor_id=instructor_id,
    )
