"""Forms: what a browser sends, whether our page sent it, and what is shown when it is refused."""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect

from coursify.core.errors import AppError, BodyIncomplete, Invalid
from coursify.core.http import multipart
from coursify.pages.core.errors import FormEncodingRequired, FormExpired

TOKEN_FIELD = "csrf"
TOKEN_HEADER = "x-csrf-token"
MAX_FIELDS = 500
REFUSED_FORM = "coursify.refused_form"
SHOWN_REFUSAL = "coursify.shown_refusal"
# A sentence for programmers, such as: `details` lists what is missing.
_FOR_CLIENTS = re.compile(r"\s*[^.!?]*`[^.!?]*[.!?]")


class FormRequest(Request):
    """A request whose form is parsed strictly. The token is left out; an empty field is an absent one."""

    fields: Mapping[str, str] = {}

    async def form(self, **_limits: Any) -> FormData:  # type: ignore[override]  # awaited only
        return FormData({name: value for name, value in self.fields.items() if value.strip()})


@dataclass(frozen=True)
class RefusedForm:
    """A form that was refused: shown again at its page, with what was typed and what is wrong."""

    action: str
    values: Mapping[str, str]
    errors: Mapping[str, str]
    message: str

    @classmethod
    def of(cls, request: FormRequest, error: AppError) -> RefusedForm:
        errors = {detail["field"]: detail["message"] for detail in error.details if "field" in detail}
        return cls(request.url.path, request.fields, errors, _for_people(error.sentence))


@dataclass(frozen=True)
class FormView:
    """One form as a template shows it. `values` begins with what is stored."""

    action: str
    token: str
    values: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


def view_form(request: Request, action: str, token: str, stored: Mapping[str, Any] | None = None) -> FormView:
    """The form that is sent to `action`; the one that was just refused keeps what was typed."""
    refused: RefusedForm | None = request.scope.get(REFUSED_FORM)
    if refused is None or refused.action != action:
        return FormView(action, token, stored or {})
    request.scope[SHOWN_REFUSAL] = True
    return FormView(action, token, refused.values, refused.errors, refused.message)


def find_refusal(request: Request) -> str:
    """Why a form was refused that this page does not show again, such as a single button."""
    refused: RefusedForm | None = request.scope.get(REFUSED_FORM)
    return refused.message if refused and SHOWN_REFUSAL not in request.scope else ""


async def read_form(request: FormRequest, token: str) -> None:
    """Raises FormExpired unless our own page of this session sent the form. Constant time, twice checked.

    The origin is checked too, where a browser tells it.
    """
    if not _is_same_origin(request):
        raise FormExpired
    request.fields = _parse(request.headers.get("content-type", ""), await _body(request))
    given = request.headers.get(TOKEN_HEADER) or request.fields.get(TOKEN_FIELD, "")
    _check_token(given, token)
    request.fields = {name: value for name, value in request.fields.items() if name != TOKEN_FIELD}


def check_file_form(request: Request, token: str) -> None:
    """Before a form with a file is read. Raises FormExpired where no token can follow, or a wrong one came."""
    if not _is_same_origin(request):
        raise FormExpired
    if given := request.headers.get(TOKEN_HEADER):
        _check_token(given, token)
    elif not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise FormExpired


@asynccontextmanager
async def read_file_form(
    request: FormRequest, token: str, *, scratch: Path, max_file_bytes: int, fields: frozenset[str]
) -> AsyncIterator[multipart.Form]:
    """The file and these fields. Raises FormExpired as read_form does, once the token has arrived."""
    names = fields | {TOKEN_FIELD}
    async with multipart.read_form(request, scratch=scratch, max_file_bytes=max_file_bytes, fields=names) as form:
        _check_token(request.headers.get(TOKEN_HEADER) or form.fields.get(TOKEN_FIELD, ""), token)
        form.fields.pop(TOKEN_FIELD, None)
        request.fields = dict(form.fields)
        yield form


def _for_people(sentence: str) -> str:
    """The sentences of an error that are not about fields of JSON."""
    return _FOR_CLIENTS.sub("", sentence).strip() or sentence


def _check_token(given: str, token: str) -> None:
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise FormExpired


def _is_same_origin(request: Request) -> bool:
    site, origin = request.headers.get("sec-fetch-site", "same-origin"), request.headers.get("origin")
    if site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise BodyIncomplete from error


def _parse(content_type: str, body: bytes) -> dict[str, str]:
    media_type, _, parameters = content_type.lower().partition(";")
    if body and (media_type.strip() != "application/x-www-form-urlencoded" or "charset" in parameters):
        raise FormEncodingRequired
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise Invalid("The form could not be read.") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Invalid("A field of the form is given more than once.")
    return fields
