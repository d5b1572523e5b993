"""What a controller of a page answers with: a rendered template, or the way to the next page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import structlog
from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from coursify.core.errors import AppError
from coursify.core.http import caller_of, resources_of
from coursify.core.http.multipart import Form
from coursify.core.schema import Meta
from coursify.modules.identity.authenticator import IdentityResources
from coursify.pages.core.cookies import Cookies
from coursify.pages.core.forms import FormRequest, FormView, find_refusal, read_file_form, view_form
from coursify.pages.core.templating import template

SIGN_IN = "/account/sign-in"
STEP_UP = "/account/step-up"
# Where a `next` may lead: a page of ours, never another host.
_NEXT = re.compile(r"/(admin|teach|account)(/[\w.~-]+)*/?(\?[\w.~%=&+:,-]*)?", re.ASCII)
_COOKIES = "coursify.cookies"


@dataclass(frozen=True)
class Page:
    """The page that a request asks for."""

    request: Request

    def render(self, name: str, *, status: int = 200, **values: Any) -> Response:
        """`templates/<name>` with these values. The notice of the page before is shown once."""
        return _render(self.request, name, status=status, values=values)

    def go(self, path: str, notice: str = "") -> Response:
        """The way on after a form: the browser loads `path`, which shows `notice` once."""
        response = see_other(self.request, path)
        if notice:
            self.cookies.write_notice(response, notice)
        return response

    def form(self, action: str, stored: Mapping[str, Any] | None = None) -> FormView:
        """The form that is sent to `action`, with what is stored or what was just refused."""
        return view_form(self.request, action, token_of(self.request), stored)

    def typed_form(self, action: str) -> FormView:
        """The form as it was just sent, to be shown once more without being refused."""
        fields = self.request.fields if isinstance(self.request, FormRequest) else {}
        return FormView(action, token_of(self.request), fields)

    def file_form(
        self, *, scratch: Path, max_file_bytes: int, fields: frozenset[str] = frozenset()
    ) -> AbstractAsyncContextManager[Form]:
        """The file and the fields that a form with a file sends. Raises FormExpired."""
        if not isinstance(self.request, FormRequest):
            raise TypeError("declare the form with post_file")
        token = token_of(self.request)
        return read_file_form(self.request, token, scratch=scratch, max_file_bytes=max_file_bytes, fields=fields)

    def data(self, **values: Any) -> Response:
        """What a script of ours asks for, as JSON."""
        return JSONResponse(values, headers={"Cache-Control": "no-store"})

    def next_page(self, meta: Meta) -> str | None:
        """The address of the next page of a list, with the same filters."""
        if meta.next_cursor is None:
            return None
        kept = [(name, value) for name, value in self.request.query_params.items() if name not in {"cursor", "page"}]
        return f"{self.request.url.path}?{urlencode([*kept, ('cursor', meta.next_cursor)])}"

    @property
    def zone(self) -> str:
        """The reader's time zone."""
        return self.cookies.zone(self.request)

    @property
    def cookies(self) -> Cookies:
        return cookies_of(self.request)


async def _page(request: Request) -> Page:
    return Page(request)


WithPage = Annotated[Page, Depends(_page)]


def cookies_of(request: Request) -> Cookies:
    if _COOKIES not in request.scope:
        settings = resources_of(request, IdentityResources).settings
        is_secure = settings.app.public_url.startswith("https:")
        request.scope[_COOKIES] = Cookies(is_secure, settings.keys.server_key)
    cookies: Cookies = request.scope[_COOKIES]
    return cookies


def token_of(request: Request) -> str:
    """The token of the forms of this session; before the sign-in, of this visit."""
    caller, cookies = caller_of(request), cookies_of(request)
    session_id: UUID | None = caller.session_id if caller else None
    return cookies.form_token(session_id=session_id, visit=_visit(request))


def _visit(request: Request) -> str:
    return str(request.scope.setdefault("coursify.visit", cookies_of(request).visit(request)))


def safe_next(path: str) -> str:
    """The path when it is a page of ours, else the person's own page."""
    return path if _NEXT.fullmatch(path) else "/account"


def see_other(request: Request, path: str) -> Response:
    """303, or what htmx understands in its place: it would put the other page into a part of this one."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": path})
    return Response(status_code=303, headers={"Location": path})


def render_error(request: Request, error: AppError) -> Response:
    """An error as a page, with the request id that finds it in the log."""
    values = {
        "status": error.status,
        "title": HTTPStatus(error.status).phrase,
        "sentence": error.sentence,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    response = _render(request, "error.html", status=error.status, values=values)
    response.headers.update(error.headers)
    return response


def _render(request: Request, name: str, *, status: int, values: Mapping[str, Any]) -> Response:
    cookies, caller = cookies_of(request), caller_of(request)
    resources = resources_of(request, IdentityResources)
    notice = cookies.notice(request)
    body = template(name).render(
        **values,
        viewer=caller,
        token=token_of(request),
        theme=cookies.theme(request),
        zone=cookies.zone(request),
        now=resources.clock.wall(),
        path=request.url.path,
        query=dict(request.query_params),
        flash=notice,
        refusal=find_refusal(request),
    )
    response = HTMLResponse(body, status_code=status, headers=_headers(resources.settings.media_url))
    if notice:
        cookies.clear(response, "notice")
    if caller is None and not cookies.read(request, "visit"):
        cookies.write(response, "visit", _visit(request))
    return response


def _headers(media_url: str) -> dict[str, str]:
    media = urlsplit(media_url)
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: {media.scheme}://{media.netloc}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    # With no-referrer browsers would send `Origin: null` with our own forms.
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Cookie, HX-Request",
    }
