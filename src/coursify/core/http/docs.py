"""Swagger UI at /docs, from our own files, with its own Content-Security-Policy."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from coursify.core.errors import NotFound
from coursify.core.http.responses import reply
from coursify.core.sandbox import find_sandbox
from coursify.core.settings import AppSettings

_ASSETS = Path(__file__).parent / "swagger_ui"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png"}
_FILES = frozenset(path.name for path in _ASSETS.iterdir() if path.suffix in _TYPES)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
# The address has a digest of the content, so browsers keep it for a year.
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coursify API</title>
<link rel="icon" href="{icon}">
<link rel="preload" href="/openapi.json" as="fetch" crossorigin="anonymous">
<link rel="stylesheet" href="{style}">
<style>
#accounts {{ display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 10px 20px; background: #eef0fb; }}
#accounts {{ font: 14px system-ui, sans-serif; }}
#accounts[hidden] {{ display: none; }}
#accounts button {{ padding: 6px 12px; border: 1px solid #4a50c4; border-radius: 6px; background: #fff; }}
</style>
</head>
<body>
<div id="accounts" hidden><output></output></div>
<div id="swagger-ui"></div>
<script src="{bundle}"></script>
<script src="{start}"></script>
</body>
</html>
"""


def install(app: FastAPI, settings: AppSettings) -> None:
    async def list_accounts() -> Response:
        """The sample accounts, for signing in with one click; in the sandbox alone."""
        sandbox = await asyncio.to_thread(find_sandbox, settings)
        if sandbox is None:
            raise NotFound
        accounts = [{"role": one.role, "email": one.email, "password": one.password} for one in sandbox.accounts]
        return reply(accounts, "Sample accounts.", headers={"Cache-Control": "no-store"})

    app.add_api_route("/docs", _page, include_in_schema=False)
    app.add_api_route("/docs/accounts.json", list_accounts, include_in_schema=False)
    app.add_api_route("/docs/assets/{name}", _asset, include_in_schema=False)


async def _page() -> Response:
    return HTMLResponse(_render(), headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})


async def _asset(name: str, request: Request) -> Response:
    if name not in _FILES:
        raise NotFound
    media_type = _TYPES[Path(name).suffix]
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = _KEPT | {"Content-Encoding": "gzip"}
        return Response(await asyncio.to_thread(_compressed, name), media_type=media_type, headers=headers)
    return Response(_read(name), media_type=media_type, headers=_KEPT)


@cache
def _render() -> str:
    names = {
        "icon": "favicon-32x32.png",
        "style": "swagger-ui.css",
        "bundle": "swagger-ui-bundle.js",
        "start": "start.js",
    }
    return _PAGE.format(**{key: f"/docs/assets/{name}?v={_digest(name)}" for key, name in names.items()})


@cache
def _read(name: str) -> bytes:
    return (_ASSETS / name).read_bytes()


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_read(name), 9, mtime=0)


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_read(name)).hexdigest()[:12]
