"""SendGrid's refusals that hold for every call: trouble that was asked for, a wrong key, another type than JSON."""

import hmac
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coursify_sandbox.mailbox.faults import Trouble
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.rules import Breach


def refuse_on_purpose(trouble: Trouble | None) -> Response | None:
    if trouble is Trouble.RATE_LIMITED:
        headers = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset"] = str(int(time.time()) + 1)
        return refuse(429, Breach("too many requests"), headers=headers)
    if trouble is Trouble.SERVER_ERROR:
        return refuse(500, Breach("Internal Server Error"))
    return None


def refuse_caller(request: Request, mailbox: Mailbox) -> Response | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not key:
        return refuse(401, Breach("Permission denied, wrong credentials"))
    if not hmac.compare_digest(key.strip().encode(), mailbox.config.api_key.encode()):
        return refuse(401, Breach("The provided authorization grant is invalid, expired, or revoked"))
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "application/json":
        return refuse(415, Breach("Content-Type should be application/json."))
    return None


def refuse(status: int, *breaches: Breach, headers: dict[str, str] | None = None) -> Response:
    body = {"errors": [breach.as_json() for breach in breaches]}
    return JSONResponse(body, status_code=status, headers=headers)
