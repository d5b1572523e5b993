"""SendGrid's event webhook, signed with ECDSA (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events).

The signature is over the timestamp and the bytes of the body. An event carries the custom arguments of its email.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from coursify.core.mailer import MailEvent, MailEventsRefused

TOLERANCE_SECONDS = 300
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
# Why SendGrid drops an email, by the beginning of its reason.
_DROPS: tuple[tuple[str, Literal["bounce", "complaint"]], ...] = (
    ("bounced address", "bounce"),
    ("invalid", "bounce"),
    ("spam reporting address", "complaint"),
)


class SendGridEvents:
    """A MailEventReader. Without a public key every request is refused."""

    def __init__(self, public_key: str | None) -> None:
        key = load_der_public_key(base64.b64decode(public_key)) if public_key else None
        self._key = key if isinstance(key, ec.EllipticCurvePublicKey) else None

    def read(self, payload: bytes, *, signature: str, timestamp: str, now: datetime) -> list[MailEvent]:
        self._verify(payload, signature, timestamp, now)
        try:
            found = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise MailEventsRefused("the body is not JSON") from error
        events = [_read_event(event) for event in found] if isinstance(found, list) else []
        return [event for event in events if event is not None]

    def _verify(self, payload: bytes, signature: str, timestamp: str, now: datetime) -> None:
        if self._key is None:
            raise MailEventsRefused("no public key is configured")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise MailEventsRefused("the timestamp is missing or no number")
        if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
            raise MailEventsRefused("the timestamp is more than five minutes off")
        try:
            signed = base64.b64decode(signature, validate=True)
            self._key.verify(signed, timestamp.encode() + payload, ec.ECDSA(SHA256()))
        except (binascii.Error, ValueError, InvalidSignature) as error:
            raise MailEventsRefused("the signature is missing or wrong") from error


def _read_event(event: Any) -> MailEvent | None:
    """None for what has no id or no type. Every other field may be absent."""
    if not isinstance(event, dict):
        return None
    event_id, kind = _text(event, "sg_event_id"), _text(event, "event")
    if not event_id or not kind:
        return None
    address = event.get("email")
    return MailEvent(
        id=event_id,
        type=kind,
        message_key=_text(event, "message_key") or None,
        provider_id=_text(event, "sg_message_id").partition(".")[0],
        address=address if isinstance(address, str) and len(address) <= 320 else "",
        is_undelivered=kind in {"bounce", "dropped"},
        suppresses=_suppression(kind, event),
    )


def _suppression(kind: str, event: dict[str, Any]) -> Literal["bounce", "complaint"] | None:
    """A bounce of the type `blocked` is temporary: SendGrid goes on delivering to the address."""
    if kind == "spamreport":
        return "complaint"
    if kind == "bounce":
        return None if event.get("type") == "blocked" else "bounce"
    if kind == "dropped":
        reason = str(event.get("reason", "")).casefold()
        return next((what for beginning, what in _DROPS if reason.startswith(beginning)), None)
    return None


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) and _PRINTABLE.fullmatch(value) else ""
