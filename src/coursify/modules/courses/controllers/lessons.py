"""Lessons in the hands of their authors. What learners read is an operation of enrollments."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import PreconditionFailed
from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.http.conditional import IfMatch, version_tag
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import (
    CourseNotFound,
    HtmlTooLong,
    LastLesson,
    LessonEmpty,
    LessonNotFound,
    LessonOrderMismatch,
    LessonOutsideSection,
    NotYourCourse,
    TooManyLessons,
    UnknownSection,
    VideoHostNotAllowed,
)
from coursify.modules.courses.guards import LONG_BODY_BYTES, OWNER, VideoHosts
from coursify.modules.courses.queries import lessons, videos
from coursify.modules.courses.schemas.incoming import LessonCreate, LessonOrder, LessonUpdate
from coursify.modules.courses.schemas.outgoing import LessonDetail
from coursify.modules.courses.services.add_lesson import add_lesson
from coursify.modules.courses.services.delete_lesson import delete_lesson
from coursify.modules.courses.services.reorder_lessons import reorder_lessons
from coursify.modules.courses.services.update_lesson import update_lesson

router = Router(tag="lessons")

MISPLACED = (LessonOutsideSection, UnknownSection)


@router.post(
    "/courses/{course_id}/lessons",
    operation_id="add_lesson",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, idempotency=Idempotency.OPTIONAL, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[LessonDetail],
    status_code=201,
    responses=failures(
        NotYourCourse, CourseNotFound, LessonEmpty, TooManyLessons, HtmlTooLong, *MISPLACED, VideoHostNotAllowed
    ),
)
async def post_lesson(
    course_id: UUID, caller: SignedIn, body: LessonCreate, hosts: VideoHosts, db: Db, now: Now
) -> Response:
    """Add a lesson: at the end of the course or of `sectionId`, or at `order`."""
    fields, placement = body.fields(), body.placement()
    lesson = await add_lesson(
        db, caller=caller, course_id=course_id, placement=placement, **fields, video_hosts=hosts, now=now
    )
    return reply(LessonDetail.of(lesson), "Lesson created.", status=201, headers=version_tag(lesson.version))


@router.put(
    "/courses/{course_id}/lessons/order",
    operation_id="reorder_lessons",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[list[LessonDetail]],
    responses=failures(NotYourCourse, CourseNotFound, LessonOrderMismatch, LessonOutsideSection),
)
async def put_lesson_order(course_id: UUID, caller: SignedIn, body: LessonOrder, db: Db) -> Response:
    """Put the lessons in a new order: name each exactly once. Lessons of a section stay together."""
    await reorder_lessons(db, caller=caller, course_id=course_id, lesson_ids=body.lesson_ids)
    rows, found = await lessons.list_lessons(db, course_id), await videos.list_lesson_videos(db, course_id)
    return reply([LessonDetail.of(lesson, found.get(lesson.id)) for lesson in rows], "Lessons reordered.")


@router.put(
    "/courses/{course_id}/lessons/{lesson_id}",
    operation_id="update_lesson",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[LessonDetail],
    responses=failures(
        NotYourCourse,
        CourseNotFound,
        LessonEmpty,
        LessonNotFound,
        PreconditionFailed,
        HtmlTooLong,
        *MISPLACED,
        VideoHostNotAllowed,
    ),
)
async def put_lesson(
    course_id: UUID,
    lesson_id: UUID,
    caller: SignedIn,
    body: LessonUpdate,
    version: IfMatch,
    hosts: VideoHosts,
    db: Db,
    now: Now,
) -> Response:
    """Change what is given of a lesson; its id and everyone's progress stay."""
    ids = {"course_id": course_id, "lesson_id": lesson_id}
    changes, place = body.changes(), body.placement()
    lesson = await update_lesson(
        db, caller=caller, **ids, changes=changes, placement=place, expected_version=version, video_hosts=hosts, now=now
    )
    video = await videos.find_lesson_video(db, lesson_id)
    return reply(LessonDetail.of(lesson, video), "Lesson updated.", headers=version_tag(lesson.version))


@router.delete(
    "/courses/{course_id}/lessons/{lesson_id}",
    operation_id="delete_lesson",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER),
    response_model=Envelope[None],
    responses=failures(NotYourCourse, CourseNotFound, LessonNotFound, LastLesson),
)
async def remove_lesson(course_id: UUID, lesson_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Remove a lesson; those behind it move up."""
    await delete_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id, now=now)
    return reply(None, "Lesson deleted.")
