"""Events as SendGrid posts them, signed with a key of this test run."""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PATH = "/api/v1/webhooks/sendgrid"
_KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_KEY = base64.b64encode(_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
Json = dict[str, Any]


def event_about(about: Json, kind: str, **fields: Any) -> Json:
    """An event about an email as the mailbox stored it."""
    return {
        "email": about["to"],
        "timestamp": int(time.time()),
        "event": kind,
        "sg_event_id": secrets.token_urlsafe(16),
        "sg_message_id": f"{about['id']}.filter0001.16648.5515E0B88.0",
        "message_key": about["messageKey"],
    } | fields


def sign(body: bytes, *, at: int | None = None, key: ec.EllipticCurvePrivateKey = _KEY) -> dict[str, str]:
    """The headers that SendGrid sends with these bytes."""
    stamp = str(int(time.time()) if at is None else at)
    signature = key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        "Content-Type": "application/json",
    }


async def post_events(client: httpx.AsyncClient, *events: Any) -> httpx.Response:
    body = json.dumps(list(events)).encode()
    return await client.post(PATH, content=body, headers=sign(body))
