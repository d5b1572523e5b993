"""`POST /v3/recipients/erasejob`: SendGrid forgets recipients. What arrived in their mailboxes stays there.

https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api/erase-recipients-email-data
"""

import json
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coursify_sandbox.mailbox.faults import draw
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.refuse import refuse, refuse_caller, refuse_on_purpose
from coursify_sandbox.mailbox.rules import ADDRESS, Breach
from coursify_sandbox.mailbox.store import keep_erasures

MAX_ADDRESSES = 5_000


async def erase(request: Request) -> Response:
    """202 with a job's id; one address that is none refuses all."""
    mailbox: Mailbox = request.app.state.mailbox
    refusal = refuse_on_purpose(draw(mailbox.faults)) or refuse_caller(request, mailbox)
    if refusal:
        return refusal
    addresses = _read(await request.body())
    if not addresses:
        return refuse(400, Breach("Bad Request", "email_addresses"))
    keep_erasures(mailbox.store, addresses)
    return JSONResponse({"job_id": str(uuid4())}, status_code=202)


def _read(raw: bytes) -> list[str]:
    """The addresses, or none where the body is not as it must be."""
    try:
        addresses = json.loads(raw)["email_addresses"]
    except (ValueError, KeyError, TypeError):
        return []
    if not isinstance(addresses, list) or len(addresses) > MAX_ADDRESSES:
        return []
    is_right = all(isinstance(address, str) and ADDRESS.fullmatch(address) for address in addresses)
    return addresses if is_right else []
