"""POST /enrollments: lives here because a course may have to be paid for first."""

from __future__ import annotations

from fastapi import Response

from coursify.core.http import Router, Seal, SignedIn, WithDatabase, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.enrollments.errors import AlreadyEnrolled, CoursePriceDue, OwnCourse
from coursify.modules.enrollments.schemas import EnrollmentOut
from coursify.modules.payments.errors import PaymentInProgress
from coursify.modules.payments.guards import PROVIDER_SECONDS, Gateway
from coursify.modules.payments.schemas.carts import EnrollIn
from coursify.modules.payments.services.enroll import enroll

router = Router(tag="enrollments")


@router.post(
    "/enrollments",
    operation_id="create_enrollment",
    policy=Policy(
        Who.SIGNED_IN,
        rule="a published course, not one's own",
        idempotency=Idempotency.OPTIONAL,
        seconds=PROVIDER_SECONDS,
    ),
    status_code=201,
    response_model=Envelope[EnrollmentOut],
    responses=failures(CourseNotFound, AlreadyEnrolled, OwnCourse, CoursePriceDue, PaymentInProgress),
)
async def create_enrollment(
    body: EnrollIn, caller: SignedIn, database: WithDatabase, gateway: Gateway, sealer: Seal
) -> Response:
    """Enroll in a free course, or in one that was paid and is not open yet."""
    enrollment = await enroll(database, gateway, sealer, user_id=caller.user_id, course_id=body.course_id)
    return reply(EnrollmentOut.of(enrollment), "You are enrolled.", status=201)
