"""The email about a new certificate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.certificates.models import Certificate
from coursify.modules.certificates.queries import certificates

CERTIFICATE = "certificate"


async def post_certificate(db: Connection, *, certificate: Certificate, now: datetime) -> None:
    await mail.enqueue_email(
        db, kind=CERTIFICATE, subject_id=certificate.enrollment_id, user_id=certificate.user_id, now=now
    )


async def compose_certificate(db: Connection, resources: CoreResources, enrollment_id: UUID) -> Email | None:
    """None when the certificate is revoked, or the account is erased."""
    certificate = await certificates.find_certificate(db, enrollment_id)
    if certificate is None or not certificate.is_valid:
        return None
    address = await certificates.find_email_address(db, certificate.user_id)
    if address is None or certificate.learner_name is None:
        return None
    text, html = mail.render_email(
        "certificate",
        name=certificate.learner_name,
        course_title=certificate.course_title,
        certificate_url=f"{resources.settings.app.public_url}/api/v1/certificates/{certificate.code}/pdf",
    )
    return Email(
        to=address,
        to_name=certificate.learner_name,
        subject=f"Your certificate for {certificate.course_title}",
        text=text,
        html=html,
    )
