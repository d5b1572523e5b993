"""The tokens of unsubscribe links. Pure.

A token is stable: the same person, kind and version give the same token. It does not expire; it ends when the person's
`link_version` rises. 16 bytes user, 1 byte kind, 2 bytes version, 16 bytes HMAC-SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from coursify.core.crypto import derive
from coursify.modules.notifications.models import NEWS_KINDS, NewsKind

_BODY_BYTES, _TAG_BYTES = 19, 16


@dataclass(frozen=True, slots=True)
class UnsubscribeTarget:
    """What a link switches off, and for whom."""

    user_id: UUID
    kind: NewsKind
    link_version: int


def write_token(server_key: bytes, target: UnsubscribeTarget) -> str:
    kind = NEWS_KINDS.index(target.kind)
    body = target.user_id.bytes + bytes([kind]) + target.link_version.to_bytes(2, "big")
    return base64.urlsafe_b64encode(body + _tag(server_key, body)).decode().rstrip("=")


def read_token(server_key: bytes, token: str) -> UnsubscribeTarget | None:
    """None for a token that we did not write."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, tag = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if not hmac.compare_digest(tag, _tag(server_key, body)):
        return None
    return UnsubscribeTarget(UUID(bytes=body[:16]), NEWS_KINDS[body[16]], int.from_bytes(body[17:], "big"))


def hash_address(server_key: bytes, address: str) -> bytes:
    """A keyed hash of an address in its canonical form: without the key nobody can try addresses."""
    return derive(server_key, "suppressed-address", address)


def _tag(server_key: bytes, body: bytes) -> bytes:
    return hmac.digest(derive(server_key, "unsubscribe"), body, "sha256")[:_TAG_BYTES]
