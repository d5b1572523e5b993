"""The email about a new certificate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.certificates.models import Certificate
from coursify.modules.certificates.queries import certificates
from coursify.modules.notifications.services.compose_news import compose_news

CERTIFICATE = "certificate"


async def post_certificate(db: Connection, *, certificate: Certificate, now: datetime) -> None:
    await mail.enqueue_email(
        db, kind=CERTIFICATE, subject_id=certificate.enrollment_id, user_id=certificate.user_id, now=now
    )


async def compose_certificate(db: Connection, resources: CoreResources, enrollment_id: UUID) -> Email | None:
    """News of one's courses. None when the certificate is revoked, or the account is erased."""
    certificate = await certificates.find_certificate(db, enrollment_id)
    if certificate is None or not certificate.is_valid:
        return None
    return await compose_news(
        db,
        resources,
        user_id=certificate.user_id,
        kind="course_news",
        template=CERTIFICATE,
        subject=f"Your certificate for {certificate.course_title}",
        course_title=certificate.course_title,
        certificate_url=page_url(resources.settings.app, f"certificates/{certificate.code}"),
    )
