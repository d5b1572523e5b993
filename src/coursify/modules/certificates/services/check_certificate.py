"""Anyone who has the code of a certificate checks it."""

from __future__ import annotations

from coursify.core.codes import read_code
from coursify.core.database import Database
from coursify.modules.certificates.errors import CertificateNotFound, CertificateRevoked
from coursify.modules.certificates.models import Certificate
from coursify.modules.certificates.queries import certificates
from coursify.modules.certificates.services.issue_certificate import issue_certificate


async def check_certificate(database: Database, *, code: str) -> Certificate:
    """Also one that is revoked, and one whose job has not run yet. Raises CertificateNotFound."""
    typed = read_code(code)
    if typed is None:
        raise CertificateNotFound
    async with database.read() as db:
        found = await certificates.find_certificate_by_code(db, typed)
        enrollment_id = None if found else await certificates.find_completed_enrollment(db, typed)
    if enrollment_id:
        async with database.transaction() as (db, now):
            found = await issue_certificate(db, enrollment_id=enrollment_id, now=now)
    if found is None:
        raise CertificateNotFound
    return found


async def require_valid_certificate(database: Database, *, code: str) -> Certificate:
    """As check_certificate; raises CertificateRevoked."""
    certificate = await check_certificate(database, code=code)
    if not certificate.is_valid:
        raise CertificateRevoked
    return certificate
