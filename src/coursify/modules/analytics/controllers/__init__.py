"""The operations of analytics. `/courses/mine` comes before the paths of courses with a parameter."""

from __future__ import annotations

from coursify.modules.analytics.controllers import own_courses, stats

ROUTERS = (own_courses.router, stats.router, stats.admin_router)
