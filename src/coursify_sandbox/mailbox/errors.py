"""Errors of every call: an injected fault, a wrong key, a body that is not JSON."""

from __future__ import annotations

import hmac
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coursify_sandbox.mailbox.faults import Fault
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.validation import FieldError


def fault_response(fault: Fault | None) -> Response | None:
    if fault is Fault.RATE_LIMITED:
        headers = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset"] = str(int(time.time()) + 1)
        return error_response(429, FieldError("too many requests"), headers=headers)
    if fault is Fault.SERVER_ERROR:
        return error_response(500, FieldError("Internal Server Error"))
    return None


def reject_caller(request: Request, mailbox: Mailbox) -> Response | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not key:
        return error_response(401, FieldError("Permission denied, wrong credentials"))
    if not hmac.compare_digest(key.strip().encode(), mailbox.config.api_key.encode()):
        return error_response(401, FieldError("The provided authorization grant is invalid, expired, or revoked"))
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "application/json":
        return error_response(415, FieldError("Content-Type should be application/json."))
    return None


def error_response(status: int, *errors: FieldError, headers: dict[str, str] | None = None) -> Response:
    body = {"errors": [error.as_json() for error in errors]}
    return JSONResponse(body, status_code=status, headers=headers)
