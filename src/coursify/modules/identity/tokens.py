"""Tokens derived from the server key: one-time links, refresh successors, device tokens. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.crypto import derive

_DEVICE_ID_BYTES = 16


def one_time_token(server_key: bytes, token_id: UUID) -> str:
    """The secret of a link, computed from the id of its row when the email is composed. Only its hash is stored."""
    return _text(derive(server_key, "one-time", str(token_id)))


def first_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def successor_of(server_key: bytes, parent: str, child_id: UUID) -> str:
    """The successor of `parent`: derived, so that a client with the parent can get it again."""
    return _text(derive(server_key, "refresh", parent, str(child_id)))


def device_token(
    server_key: bytes, *, user_id: UUID, sessions_valid_after: datetime, device_id: UUID | None = None
) -> str:
    """Identifies a device on which this user has signed in. The next password reset invalidates it."""
    device_id = device_id or uuid4()
    return _text(device_id.bytes + _device_mac(server_key, user_id, device_id, sessions_valid_after))


def known_device(server_key: bytes, token: str | None, *, user_id: UUID, sessions_valid_after: datetime) -> UUID | None:
    """The id of the device that `token` identifies for this user, or None if it does not verify."""
    try:
        raw = base64.urlsafe_b64decode((token or "") + "=" * (-len(token or "") % 4))
        device_id = UUID(bytes=raw[:_DEVICE_ID_BYTES])
    except (binascii.Error, ValueError):
        return None
    mac = _device_mac(server_key, user_id, device_id, sessions_valid_after)
    return device_id if hmac.compare_digest(raw[_DEVICE_ID_BYTES:], mac) else None


def _device_mac(server_key: bytes, user_id: UUID, device_id: UUID, sessions_valid_after: datetime) -> bytes:
    return derive(server_key, "device", str(user_id), str(device_id), sessions_valid_after.isoformat())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
