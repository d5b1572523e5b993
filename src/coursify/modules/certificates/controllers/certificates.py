"""Certificates: one's own as PDF, and the public check of a code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from coursify.core.http import Configuration, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.certificates.controllers.signed import SIGNED, signed
from coursify.modules.certificates.errors import CertificateNotFound, CertificateRevoked
from coursify.modules.certificates.schemas import CertificateOut
from coursify.modules.certificates.services.check_certificate import check_certificate, require_valid_certificate
from coursify.modules.certificates.services.open_certificate import open_certificate
from coursify.modules.certificates.services.print_certificate import print_certificate
from coursify.modules.certificates.services.sign_certificate import sign_certificate
from coursify.modules.enrollments.errors import EnrollmentNotFound

router = Router(tag="certificates")


PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "/enrollments/{enrollment_id}/certificate",
    operation_id="get_own_certificate",
    policy=Policy(Who.SIGNED_IN, rule="its owner, once completed, while access is not revoked", rate="certificate"),
    response_model=None,
    response_class=Response,
    responses=PDF | failures(EnrollmentNotFound, CertificateNotFound, CertificateRevoked),
)
async def get_own_certificate(
    enrollment_id: UUID, caller: SignedIn, database: WithDatabase, settings: Configuration
) -> Response:
    """Your certificate of a course that you completed, as PDF."""
    certificate = await open_certificate(database, user_id=caller.user_id, enrollment_id=enrollment_id)
    return _pdf(certificate.code, await print_certificate(certificate, settings.app))


@router.get(
    "/certificates/{code}",
    operation_id="check_certificate",
    policy=Policy(Who.ANYONE, rule="who has the code", rate="certificate"),
    response_model=Envelope[CertificateOut],
    responses=failures(CertificateNotFound),
)
async def get_certificate(code: str, database: WithDatabase, settings: Configuration) -> Response:
    """Whether a certificate is valid now, and what it says. Codes are read in any case, with or without hyphens."""
    certificate = await check_certificate(database, code=code)
    shown = CertificateOut.of(certificate, public_url=settings.app.public_url)
    return reply(shown, "Valid certificate." if shown.valid else "This certificate is not valid any more.")


@router.get(
    "/certificates/{code}/pdf",
    operation_id="get_certificate_pdf",
    policy=Policy(Who.ANYONE, rule="who has the code, while it is valid", rate="certificate"),
    response_model=None,
    response_class=Response,
    responses=PDF | failures(CertificateNotFound, CertificateRevoked),
)
async def get_certificate_pdf(code: str, database: WithDatabase, settings: Configuration) -> Response:
    """A valid certificate as PDF."""
    certificate = await require_valid_certificate(database, code=code)
    return _pdf(certificate.code, await print_certificate(certificate, settings.app))


@router.get(
    "/certificates/{code}/credential",
    operation_id="get_certificate_credential",
    policy=Policy(Who.ANYONE, rule="who has the code, while it is valid", rate="certificate"),
    response_model=None,
    response_class=Response,
    responses=SIGNED | failures(CertificateNotFound, CertificateRevoked),
)
async def get_certificate_credential(code: str, database: WithDatabase, settings: Configuration) -> Response:
    """A valid certificate as an Open Badges 3.0 credential: a JWT that is signed with Ed25519."""
    certificate = await require_valid_certificate(database, code=code)
    return signed(sign_certificate(certificate, settings))


def _pdf(code: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'inline; filename="certificate-{code}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)
