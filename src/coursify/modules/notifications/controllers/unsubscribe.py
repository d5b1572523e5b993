"""The unsubscribe links of emails (RFC 8058): a page with a button, and the POST that mail programs send."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from coursify.core.http import Configuration, Db, Now, Router, failures
from coursify.core.policy import KIB, Policy, Who
from coursify.modules.notifications.errors import UnsubscribeIncomplete, UnsubscribeLinkInvalid
from coursify.modules.notifications.models import NewsKind
from coursify.modules.notifications.services.unsubscribe import read_link, unsubscribe

router = Router(tag="notifications", prefix="")

_PAGES = Path(__file__).resolve().parents[1] / "pages"
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_NAMES: dict[NewsKind, str] = {"course_news": "news of your courses", "digest": "the weekly digest"}
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": _HTML}}
_INVALID = failures(UnsubscribeLinkInvalid)
_INVALID[UnsubscribeLinkInvalid.status]["content"] |= _HTML
# Mail providers send these for many people from few addresses.
_ANYONE = Policy(
    Who.ANYONE,
    rule="who has the link",
    rate="webhook",
    max_body_bytes=8 * KIB,
    takes_raw_body=True,
    ignores_credential=True,
)


@router.get(
    "/unsubscribe/{token}",
    operation_id="show_unsubscribe_page",
    policy=_ANYONE,
    response_model=None,
    response_class=Response,
    responses=_PAGE | _INVALID,
)
async def show_unsubscribe_page(token: str, request: Request, settings: Configuration) -> Response:
    """A page with a button. Opening it changes nothing, because mail scanners open links."""
    try:
        target = read_link(settings.keys.server_key, token)
    except UnsubscribeLinkInvalid as error:
        return _invalid(request, error)
    return _page("unsubscribe.html", target.kind)


@router.post(
    "/unsubscribe/{token}",
    operation_id="unsubscribe",
    policy=_ANYONE,
    status_code=200,
    response_model=None,
    response_class=Response,
    responses=_PAGE | failures(UnsubscribeIncomplete) | _INVALID,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["List-Unsubscribe"],
                        "properties": {"List-Unsubscribe": {"type": "string", "enum": ["One-Click"]}},
                    }
                }
            },
        }
    },
)
async def post_unsubscribe(token: str, request: Request, settings: Configuration, db: Db, now: Now) -> Response:
    """Switch one kind of email off (RFC 8058). Needs no sign-in; a second time changes nothing."""
    body = await request.body()
    if b"List-Unsubscribe" not in body or b"One-Click" not in body:
        raise UnsubscribeIncomplete
    try:
        target = read_link(settings.keys.server_key, token)
        await unsubscribe(db, target=target, now=now)
    except UnsubscribeLinkInvalid as error:
        return _invalid(request, error)
    return _page("unsubscribed.html", target.kind)


def _page(name: str, kind: NewsKind) -> Response:
    return _html(_read(name).replace("{{ kind }}", _NAMES[kind]))


def _invalid(request: Request, error: UnsubscribeLinkInvalid) -> Response:
    """A page for a browser; raises the error for every other client."""
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    return _html(_read("unsubscribe_invalid.html"), status=error.status)


def _html(content: str, *, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer", "Vary": "Accept"}
    return HTMLResponse(content, status_code=status, headers=headers)


@cache
def _read(name: str) -> str:
    return (_PAGES / name).read_text()
