"""A learner opens the certificate of a course that they completed."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.certificates.errors import CertificateNotFound, CertificateRevoked
from coursify.modules.certificates.models import Certificate
from coursify.modules.certificates.services.issue_certificate import issue_certificate
from coursify.modules.enrollments.errors import EnrollmentNotFound
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.enrollments.services.store_completions import store_completions


async def open_certificate(database: Database, *, user_id: UUID, enrollment_id: UUID) -> Certificate:
    """Issued now if no job has done it yet. Raises EnrollmentNotFound, CertificateNotFound, CertificateRevoked."""
    async with database.transaction() as (db, now):
        enrollment = await enrollments.get_enrollment(db, enrollment_id, now=now)
        if enrollment.user_id != user_id:
            raise EnrollmentNotFound
        if enrollment.is_newly_completed:
            await store_completions(db, enrollment_ids=[enrollment_id])
        certificate = await issue_certificate(db, enrollment_id=enrollment_id, now=now)
    if certificate is None:
        raise CertificateNotFound
    if not certificate.is_valid:
        raise CertificateRevoked
    return certificate
