"""What is no page below /admin and /teach answers with a page as well."""

from __future__ import annotations

from fastapi import Response

from coursify.core.errors import NotFound
from coursify.core.policy import Policy, Who
from coursify.pages.core.page_route import Pages

pages = Pages()


@pages.get("/admin/{path:path}", page_id="page_admin_missing", policy=Policy(Who.ADMIN, rate="read"))
async def show_missing_of_admin(path: str) -> Response:
    raise NotFound


@pages.get("/teach/{path:path}", page_id="page_teach_missing", policy=Policy(Who.INSTRUCTOR, rate="read"))
async def show_missing_of_teach(path: str) -> Response:
    raise NotFound
