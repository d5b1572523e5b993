"""A certificate as an Open Badges 3.0 credential."""

from __future__ import annotations

from coursify.core.settings import Settings
from coursify.modules.certificates.badges import Badge, Issuer, make_issuer, sign_badge
from coursify.modules.certificates.models import Certificate


def sign_certificate(certificate: Certificate, settings: Settings) -> str:
    """A JWT that is verified with the issuer's key alone; the status list tells whether it is revoked."""
    badge = Badge(
        code=certificate.code,
        name=certificate.learner_name or "",
        course=certificate.course_title,
        course_id=str(certificate.course_id),
        issued_at=certificate.issued_at,
        status_list=certificate.status_list,
        status_index=certificate.status_index,
    )
    return sign_badge(issuer_of(settings), badge)


def issuer_of(settings: Settings) -> Issuer:
    """The school as issuer, with its keys."""
    return make_issuer(
        public_url=settings.app.public_url,
        name=settings.app.school_name,
        server_key=settings.keys.server_key,
        badge_keys=settings.keys.badge_keys,
    )
