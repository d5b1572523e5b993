"""`POST /v3/mail/send`, with SendGrid's responses."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from coursify_sandbox.mailbox.errors import error_response, fault_response, reject_caller
from coursify_sandbox.mailbox.faults import Fault, choose_fault
from coursify_sandbox.mailbox.mailbox import Mailbox, now
from coursify_sandbox.mailbox.store import Message, insert_messages
from coursify_sandbox.mailbox.validation import FieldError, find_errors

MAX_BYTES = 30_000_000
TOO_LARGE = FieldError("The JSON payload you have included in your request is too large.")
HANG_SECONDS = 600


async def send_email(request: Request) -> Response:
    """202 when the emails are stored; else SendGrid's error, or the response of an injected fault."""
    mailbox: Mailbox = request.app.state.mailbox
    fault = choose_fault(mailbox.faults)
    error = fault_response(fault) or reject_caller(request, mailbox)
    if error:
        return error
    body, errors = _parse(await request.body())
    if errors:
        status = 413 if errors[0] is TOO_LARGE else 400
        return error_response(status, *errors)
    message_id = secrets.token_urlsafe(16)
    insert_messages(mailbox.store, _create_messages(body, message_id, now(mailbox)))
    if fault is Fault.ACCEPT_THEN_HANG:
        await asyncio.sleep(HANG_SECONDS)
    return Response(status_code=202, headers={"X-Message-Id": message_id})


def _parse(raw: bytes) -> tuple[dict[str, Any], list[FieldError]]:
    if len(raw) > MAX_BYTES:
        return {}, [TOO_LARGE]
    try:
        body = json.loads(raw)
    except ValueError:
        return {}, [FieldError("Bad Request")]
    return body, find_errors(body)


def _create_messages(body: dict[str, Any], message_id: str, received_at: datetime) -> list[Message]:
    """One message per recipient; a personalization overrides the fields of the body."""
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
                from_=_format_address(block.get("from") or body["from"]),
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


def _format_address(address: dict[str, str]) -> str:
    name = address.get("name")
    return f"{name} <{address['email']}>" if name else address["email"]
