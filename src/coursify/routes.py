"""Every controller; literal paths come before paths with parameters."""

from __future__ import annotations

from coursify.core.http import Route, Router
from coursify.modules.admin import controllers as admin
from coursify.modules.analytics import controllers as analytics
from coursify.modules.certificates import controllers as certificates
from coursify.modules.courses import controllers as courses
from coursify.modules.enrollments.controllers import attachments, enrollments, learning
from coursify.modules.enrollments.controllers import courses as course_pages
from coursify.modules.identity import controllers as identity
from coursify.modules.media import controllers as media
from coursify.modules.notices import controllers as notices
from coursify.modules.notifications import controllers as notifications
from coursify.modules.payments.controllers import enroll, payments, refunds
from coursify.modules.playback import controllers as playback
from coursify.modules.privacy import controllers as privacy
from coursify.modules.reviews import controllers as reviews
from coursify.modules.storefront import controllers as storefront
from coursify.modules.users import controllers as users
from coursify.modules.webhooks import controllers as webhooks

# The groups of operations in the OpenAPI document.
TAGS = {
    "sign-in": "Sign-up, sign-in, sessions, second factors, passwords and email addresses.",
    "users": "Accounts and public profiles.",
    "notifications": "What the application tells a person, which emails they want, and unsubscribing.",
    "privacy": "Export and erasure of a person's data.",
    "courses": "The catalogue, and courses as their instructors edit them.",
    "wish list": "Courses that a person wants to remember.",
    "lessons": "Lessons as their instructors edit them.",
    "uploads": "The bytes of videos: resumable uploads (tus 1.0), and uploads that go straight to the store.",
    "enrollments": "Enrollments, learning and progress.",
    "playback": "Playing the video of a lesson: sessions, playlists, keys and bytes.",
    "certificates": "Certificates of completion, their public check, and Open Badges 3.0.",
    "payments": "Quotes, payments and refunds.",
    "webhooks": "Events from the providers of payments and email, and from the store of media.",
    "media": "Pictures, for everyone.",
    "reviews": "Ratings and comments of learners, and the answers of instructors.",
    "notices": "Notices about illegal content, decisions and appeals.",
    "statistics": "What happened to an instructor's courses.",
    "admin": "What only admins may do.",
}

_ROUTERS: tuple[Router, ...] = (
    # First, because segments and keys are asked for most often.
    *playback.ROUTERS,
    *identity.ROUTERS,
    *users.ROUTERS,
    *notifications.ROUTERS,
    *media.ROUTERS,
    privacy.router,
    *analytics.ROUTERS,
    *courses.ROUTERS,
    *storefront.ROUTERS,
    course_pages.router,
    enroll.router,
    enrollments.router,
    learning.router,
    attachments.router,
    attachments.stream_router,
    payments.router,
    refunds.router,
    webhooks.router,
    admin.router,
    *certificates.ROUTERS,
    *reviews.ROUTERS,
    *notices.ROUTERS,
)


ROUTES: tuple[Route, ...] = tuple(route for router in _ROUTERS for route in router.routes)


def document_routes() -> list[Route]:
    """Builds the same routes with the models of their responses, for the OpenAPI document."""
    return [route for router in _ROUTERS for route in router.document()]
