"""The courses' operations, one resource per file. `ROUTERS` are in the order in which paths are tried."""

from __future__ import annotations

from coursify.modules.courses.controllers import (
    approvals,
    catalogue,
    categories,
    courses,
    curriculum,
    images,
    instructors,
    lesson_files,
    lessons,
    machines,
    review_diffs,
    sales,
    videos,
    views,
)

ROUTERS = (
    catalogue.router,
    machines.router,
    machines.root_router,
    courses.router,
    curriculum.router,
    lessons.router,
    views.router,
    images.router,
    images.stream_router,
    videos.router,
    videos.stream_router,
    lesson_files.router,
    lesson_files.stream_router,
    categories.router,
    approvals.router,
    sales.router,
    review_diffs.router,
    instructors.router,
    instructors.admin_router,
)
