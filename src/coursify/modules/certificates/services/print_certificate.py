"""A certificate as PDF, the same bytes each time."""

from __future__ import annotations

import asyncio

from coursify.core.codes import show_code
from coursify.core.settings import AppSettings
from coursify.modules.certificates.errors import PrinterMissing
from coursify.modules.certificates.models import Certificate
from coursify.modules.certificates.pdf import CertificateText, render_pdf


async def print_certificate(certificate: Certificate, app: AppSettings) -> bytes:
    """In a thread: typesetting takes 10 to 50 ms. Raises PrinterMissing where typst is not installed."""
    text = CertificateText(
        issuer=app.school_name,
        name=certificate.learner_name or "",
        course=certificate.course_title,
        course_language=certificate.course_language,
        instructor=certificate.instructor_name,
        issued_at=certificate.issued_at,
        code=show_code(certificate.code),
        check_url=f"{app.public_url}/api/v1/certificates/{certificate.code}",
    )
    try:
        return await asyncio.to_thread(render_pdf, text)
    except ModuleNotFoundError as error:
        # The image of the API has no typesetting: the image `documents` prints.
        raise PrinterMissing from error
