"""/guide: a page for each resource, and the guides that stand beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse

from coursify.core.errors import NotFound
from coursify_sandbox.guide.render import render_page

STYLE: Final = Path(__file__).with_name("guide.css")
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}


def install(app: FastAPI) -> None:
    async def show_style() -> Response:
        return FileResponse(STYLE, media_type="text/css", headers=_HEADERS)

    async def show_page(name: str = "guide") -> Response:
        page = await asyncio.to_thread(render_page, name)
        if page is None:
            raise NotFound
        return HTMLResponse(page, headers=_HEADERS)

    app.add_api_route("/guide/guide.css", show_style, include_in_schema=False)
    app.add_api_route("/guide", show_page, include_in_schema=False)
    app.add_api_route("/guide/{name}", show_page, include_in_schema=False)
