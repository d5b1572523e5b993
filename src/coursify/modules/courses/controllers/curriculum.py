"""The curriculum: the sections of a course and the order of its lessons, in the hands of its author."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import PreconditionFailed
from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.http.conditional import IfMatch, version_tag
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound, CurriculumMismatch, NotYourCourse
from coursify.modules.courses.guards import LONG_BODY_BYTES, OWNER
from coursify.modules.courses.schemas.incoming import CurriculumInput
from coursify.modules.courses.schemas.outgoing import Curriculum
from coursify.modules.courses.services.arrange_curriculum import arrange_curriculum

router = Router(tag="lessons")


@router.put(
    "/courses/{course_id}/curriculum",
    operation_id="update_curriculum",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LONG_BODY_BYTES),
    response_model=Envelope[Curriculum],
    responses=failures(NotYourCourse, CourseNotFound, CurriculumMismatch, PreconditionFailed),
)
async def put_curriculum(
    course_id: UUID, caller: SignedIn, body: CurriculumInput, expected_version: IfMatch, db: Db, now: Now
) -> Response:
    """Replace the sections and their lessons. Lessons that are not named come first; no section removes no lesson."""
    course = await arrange_curriculum(
        db, caller=caller, course_id=course_id, plan=body.plan(), expected_version=expected_version, now=now
    )
    return reply(Curriculum.of(course), "Curriculum updated.", headers=version_tag(course.version))
