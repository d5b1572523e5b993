"""`POST /v3/mail/send`, answered as SendGrid answers it."""

import asyncio
import json
import secrets
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from coursify_sandbox.mailbox.faults import Trouble, draw
from coursify_sandbox.mailbox.mailbox import Mailbox, now
from coursify_sandbox.mailbox.refuse import refuse, refuse_caller, refuse_on_purpose
from coursify_sandbox.mailbox.rules import Breach, find_breaches
from coursify_sandbox.mailbox.store import Message, keep_messages

MAX_BYTES = 30_000_000
TOO_LARGE = Breach("The JSON payload you have included in your request is too large.")
LONGER_THAN_ANY_CLIENT_WAITS = 600


async def send(request: Request) -> Response:
    """202 once the mail is kept; SendGrid's own refusals before that; trouble where it was asked for."""
    mailbox: Mailbox = request.app.state.mailbox
    trouble = draw(mailbox.faults)
    refusal = refuse_on_purpose(trouble) or refuse_caller(request, mailbox)
    if refusal:
        return refusal
    body, breaches = _read(await request.body())
    if breaches:
        status = 413 if breaches[0] is TOO_LARGE else 400
        return refuse(status, *breaches)
    message_id = secrets.token_urlsafe(16)
    keep_messages(mailbox.store, _compose(body, message_id, now(mailbox)))
    if trouble is Trouble.ACCEPT_THEN_HANG:
        await asyncio.sleep(LONGER_THAN_ANY_CLIENT_WAITS)
    return Response(status_code=202, headers={"X-Message-Id": message_id})


def _read(raw: bytes) -> tuple[dict[str, Any], list[Breach]]:
    if len(raw) > MAX_BYTES:
        return {}, [TOO_LARGE]
    try:
        body = json.loads(raw)
    except ValueError:
        return {}, [Breach("Bad Request")]
    return body, find_breaches(body)


def _compose(body: dict[str, Any], message_id: str, received_at: datetime) -> list[Message]:
    """One mail per recipient; what a personalization says wins over what the message says."""
    contents = {block["type"]: block["value"] for block in body["content"]}
    messages: list[Message] = []
    for block in body["personalizations"]:
        headers = {**body.get("headers", {}), **block.get("headers", {})}
        keys = {name.casefold(): value for name, value in headers.items()}
        recipients = [*block["to"], *(block.get("cc") or []), *(block.get("bcc") or [])]
        messages += [
            Message(
                id=f"{message_id}.{len(messages) + position}",
                to=recipient["email"],
                from_=_show_address(block.get("from") or body["from"]),
                subject=block.get("subject") or body["subject"],
                text=contents.get("text/plain", ""),
                html=contents.get("text/html", ""),
                headers=headers,
                message_key=keys.get("x-message-key"),
                received_at=received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            )
            for position, recipient in enumerate(recipients)
        ]
    return messages


def _show_address(address: dict[str, str]) -> str:
    name = address.get("name")
    return f"{name} <{address['email']}>" if name else address["email"]
