"""Outside /api/v1: the pages that links in emails open, and the public keys of our access tokens."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse

from coursify.modules.identity.guards import WithAuthenticator

router = APIRouter(include_in_schema=False)

_PAGES = Path(__file__).resolve().parents[1] / "pages"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/.well-known/jwks.json")
async def get_public_keys(authenticator: WithAuthenticator) -> Response:
    return JSONResponse(authenticator.tokens.public_keys(), headers={"Cache-Control": "public, max-age=300"})


@router.get("/verify-email")
async def show_verify_email() -> Response:
    return _page("verify-email.html")


@router.get("/reset-password")
async def show_reset_password() -> Response:
    return _page("reset-password.html")


@router.get("/forgot-password")
async def show_forgot_password() -> Response:
    return _page("forgot-password.html")


@router.get("/account/links.js")
async def get_script() -> Response:
    return Response(_read("links.js"), media_type="text/javascript")


@router.get("/account/links.css")
async def get_style() -> Response:
    return Response(_read("links.css"), media_type="text/css")


def _page(name: str) -> Response:
    return HTMLResponse(_read(name), headers={"Content-Security-Policy": _POLICY})


@cache
def _read(name: str) -> str:
    return (_PAGES / name).read_text()
