"""Reports a bounce, a drop or a complaint about a stored email to the application, signed as SendGrid signs.

`POST /messages/{id}/events` with the form field `event`. The key is derived from the API key, so that the application
can be given its public part before the mailbox starts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from coursify_sandbox.mailbox.mailbox import Mailbox, now
from coursify_sandbox.mailbox.store import Message, find_message

TIMEOUT_SECONDS = 10.0
# What SendGrid adds to each kind of event.
EVENTS: dict[str, dict[str, str]] = {
    "bounce": {"type": "bounce", "reason": "550 5.1.1 The mailbox does not exist", "status": "5.1.1"},
    "dropped": {"reason": "Bounced Address", "status": "5.0.0"},
    "spamreport": {},
}


async def report_event(request: Request) -> Response:
    """303 back to the email when the application accepted the event; 502 when it did not."""
    mailbox: Mailbox = request.app.state.mailbox
    message = find_message(mailbox.store, request.path_params["message_id"])
    kind = (await request.body()).decode(errors="replace").removeprefix("event=")
    if message is None or kind not in EVENTS or mailbox.config.event_webhook_url is None:
        return JSONResponse({"error": f"expected a stored email and one of: {', '.join(EVENTS)}"}, status_code=400)
    body, headers = sign_event(mailbox, message, kind)
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.post(mailbox.config.event_webhook_url, content=body, headers=headers)
    except httpx.HTTPError:
        return JSONResponse({"error": "The application did not answer."}, status_code=502)
    if not answer.is_success:
        return JSONResponse({"error": f"The application answered {answer.status_code}."}, status_code=502)
    return RedirectResponse(f"/messages/{message.id}", status_code=303)


def sign_event(mailbox: Mailbox, message: Message, kind: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of one request of the event webhook."""
    at = int(now(mailbox).timestamp())
    event: dict[str, Any] = {
        "email": message.to,
        "timestamp": at,
        "event": kind,
        "sg_event_id": uuid4().hex,
        "sg_message_id": f"{message.id}.sandbox.0",
        "message_key": message.message_key,
    } | EVENTS[kind]
    body = json.dumps([event]).encode()
    signature = _key(mailbox.config.api_key).sign(str(at).encode() + body, ec.ECDSA(SHA256()))
    return body, {
        "Content-Type": "application/json",
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": str(at),
    }


def public_key(api_key: str) -> str:
    """For SENDGRID_WEBHOOK_PUBLIC_KEY."""
    key = _key(api_key).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _key(api_key: str) -> ec.EllipticCurvePrivateKey:
    secret = hashlib.sha256(b"event webhook\x00" + api_key.encode()).digest()
    # 31 bytes are always below the order of P-256.
    return ec.derive_private_key(int.from_bytes(secret[1:], "big") + 1, ec.SECP256R1())
