"""Every page. `coursify.app` serves them, docs/policy.md lists them, the tests try each of them."""

from __future__ import annotations

from coursify.pages.account import missing, settings, sign_in, visitors
from coursify.pages.account import notices as notices_of_sides
from coursify.pages.admin import (
    attention,
    audit_log,
    courses,
    emails,
    health,
    jobs,
    notices,
    payments,
    people,
    refunds,
    reviews,
    today,
    webhook_events,
)
from coursify.pages.core.page_route import PageRoute, Pages
from coursify.pages.teach import courses as own_courses
from coursify.pages.teach import figures, learners, lessons, media, notifications, sales
from coursify.pages.teach import reviews as own_reviews

_AREAS: tuple[Pages, ...] = (
    sign_in.pages,
    settings.pages,
    visitors.pages,
    notices_of_sides.pages,
    today.pages,
    courses.pages,
    people.pages,
    reviews.pages,
    notices.pages,
    audit_log.pages,
    health.pages,
    figures.pages,
    own_courses.pages,
    learners.pages,
    lessons.pages,
    media.pages,
    sales.pages,
    own_reviews.pages,
    notifications.pages,
    attention.pages,
    payments.pages,
    refunds.pages,
    webhook_events.pages,
    jobs.pages,
    emails.pages,
    # The last one: its paths match everything below /admin and /teach.
    missing.pages,
)

PAGES: tuple[PageRoute, ...] = tuple(route for area in _AREAS for route in area.routes)
