"""/: what this is, with links to everything; in the sandbox a page for people, with the sample accounts."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from coursify.core.http.conditional import cacheable, unless_known
from coursify.core.http.responses import reply
from coursify.core.sandbox import find_sandbox
from coursify.core.settings import Settings
from coursify.pages.core.templating import template

SECONDS = 60
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_LINKS = {
    "docs": "/docs",
    "openapi": "/openapi.json",
    "api": "/api/v1",
    "health": "/health/ready",
    "admin": "/admin",
}


def install(app: FastAPI, settings: Settings, *, version: str) -> None:
    async def show_start(request: Request) -> Response:
        sandbox = await asyncio.to_thread(find_sandbox, settings.app)
        if sandbox and "text/html" in request.headers.get("accept", ""):
            html = template("start.html").render(
                sandbox=sandbox, version=version, school=settings.app.school_name, first=sandbox.accounts[:1]
            )
            return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})
        answer = reply({"name": "Coursify", "version": version, "links": _LINKS}, "A course-selling back end.")
        return unless_known(request, cacheable(request, answer, max_age=SECONDS))

    app.add_api_route("/", show_start, include_in_schema=False)
