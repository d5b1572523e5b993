"""`POST /v3/recipients/erasejob`: SendGrid erases its data of recipients. Delivered emails stay.

https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api/erase-recipients-email-data
"""

from __future__ import annotations

import json
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coursify_sandbox.mailbox.errors import error_response, fault_response, reject_caller
from coursify_sandbox.mailbox.faults import choose_fault
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.store import insert_erasures
from coursify_sandbox.mailbox.validation import ADDRESS, FieldError

MAX_ADDRESSES = 5_000


async def erase_recipients(request: Request) -> Response:
    """202 with the id of a job; 400 when one address is invalid."""
    mailbox: Mailbox = request.app.state.mailbox
    error = fault_response(choose_fault(mailbox.faults)) or reject_caller(request, mailbox)
    if error:
        return error
    addresses = _parse(await request.body())
    if not addresses:
        return error_response(400, FieldError("Bad Request", "email_addresses"))
    insert_erasures(mailbox.store, addresses)
    return JSONResponse({"job_id": str(uuid4())}, status_code=202)


def _parse(raw: bytes) -> list[str]:
    """The addresses of the body; empty when the body is invalid."""
    try:
        addresses = json.loads(raw)["email_addresses"]
    except (ValueError, KeyError, TypeError):
        return []
    if not isinstance(addresses, list) or len(addresses) > MAX_ADDRESSES:
        return []
    is_valid = all(isinstance(address, str) and ADDRESS.fullmatch(address) for address in addresses)
    return addresses if is_valid else []
