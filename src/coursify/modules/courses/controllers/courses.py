"""Courses in the hands of their owners."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import PreconditionFailed
from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.http.conditional import IfMatch, version_tag
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import (
    CourseIncomplete,
    CourseNotFound,
    CourseNotSubmittable,
    HtmlTooLong,
    NotYourCourse,
    PriceNotChargeable,
    UnknownCategory,
)
from coursify.modules.courses.guards import LONG_BODY_BYTES, OWNER, OWNER_OR_ADMIN, DefaultCurrency, MustBeVerified
from coursify.modules.courses.schemas.incoming import CourseCreate, CourseUpdate
from coursify.modules.courses.schemas.outgoing import EditableCourse
from coursify.modules.courses.services.create_course import create_course
from coursify.modules.courses.services.delete_course import delete_course
from coursify.modules.courses.services.submit_course import submit_course
from coursify.modules.courses.services.update_course import update_course
from coursify.modules.users.errors import EmailUnverified

router = Router(tag="courses")


@router.post(
    "/courses",
    operation_id="create_course",
    policy=Policy(Who.INSTRUCTOR, idempotency=Idempotency.OPTIONAL, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[EditableCourse],
    status_code=201,
    responses=failures(UnknownCategory, PriceNotChargeable, HtmlTooLong),
)
async def post_course(
    caller: SignedIn, body: CourseCreate, default_currency: DefaultCurrency, db: Db, now: Now
) -> Response:
    """Begin a course; it is a draft until it is submitted and approved."""
    fields = body.fields(default_currency)
    course = await create_course(db, instructor_id=caller.user_id, **fields, now=now)
    return reply(EditableCourse.of(course), "Course created.", status=201, headers=version_tag(course.version))


@router.put(
    "/courses/{course_id}",
    operation_id="update_course",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER_OR_ADMIN, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[EditableCourse],
    responses=failures(
        NotYourCourse,
        CourseNotFound,
        CourseIncomplete,
        PreconditionFailed,
        UnknownCategory,
        PriceNotChargeable,
        HtmlTooLong,
    ),
)
async def put_course(
    course_id: UUID, caller: SignedIn, body: CourseUpdate, expected_version: IfMatch, db: Db, now: Now
) -> Response:
    """Change what is given of a course. With `If-Match`, only the version that you read."""
    changes = body.changes()
    course = await update_course(
        db, caller=caller, course_id=course_id, changes=changes, expected_version=expected_version, now=now
    )
    return reply(EditableCourse.of(course), "Course updated.", headers=version_tag(course.version))


@router.delete(
    "/courses/{course_id}",
    operation_id="delete_course",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER_OR_ADMIN),
    response_model=Envelope[None],
    responses=failures(NotYourCourse, CourseNotFound),
)
async def remove_course(course_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Take a course out of the catalogue for good. Those enrolled keep it."""
    await delete_course(db, caller=caller, course_id=course_id, now=now)
    return reply(None, "Course deleted. Enrolled learners keep it.")


@router.post(
    "/courses/{course_id}/submit",
    operation_id="submit_course",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[EditableCourse],
    responses=failures(
        NotYourCourse, CourseNotFound, CourseIncomplete, CourseNotSubmittable, EmailUnverified, PriceNotChargeable
    ),
)
async def post_submission(
    course_id: UUID, caller: SignedIn, must_be_verified: MustBeVerified, db: Db, now: Now
) -> Response:
    """Ask for approval. The course needs a title, a description, a price and lessons with content."""
    course = await submit_course(db, caller=caller, course_id=course_id, must_be_verified=must_be_verified, now=now)
    return reply(EditableCourse.of(course), "Course submitted for approval.", headers=version_tag(course.version))
