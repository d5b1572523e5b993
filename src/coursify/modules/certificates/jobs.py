"""What certificates does after a completion."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.certificates.services.issue_certificate import issue_certificate
from coursify.modules.certificates.services.issue_missing import issue_missing
from coursify.modules.certificates.services.issue_overdue import issue_overdue


async def issue_certificate_job(resources: CoreResources, enrollment_id: str) -> None:
    async with resources.database.transaction() as (db, now):
        await issue_certificate(db, enrollment_id=UUID(enrollment_id), now=now)


async def issue_missing_job(resources: CoreResources, course_id: str) -> None:
    await issue_missing(resources.database, course_id=UUID(course_id), deadline=Deadline.within(CLOCK_SECONDS))


async def issue_overdue_job(resources: CoreResources) -> None:
    await issue_overdue(resources.database, deadline=Deadline.within(CLOCK_SECONDS))
