"""The reviews' operations, one resource per file. `ROUTERS` are in the order in which paths are tried."""

from __future__ import annotations

from coursify.modules.reviews.controllers import course_reviews, moderation, reviews

ROUTERS = (course_reviews.router, reviews.router, moderation.router, moderation.admin_router)
