"""Tokens that only this server can make: one-time links, refresh successors, known devices. Pure."""

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
    """The secret of an email's link: computed from its row's id when the email is written, stored only as a hash."""
    return _text(derive(server_key, "one-time", str(token_id)))


def first_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def successor_of(server_key: bytes, parent: str, child_id: UUID) -> str:
    """The one refresh token that may follow `parent`: whoever holds the parent can be given it again."""
    return _text(derive(server_key, "refresh", parent, str(child_id)))


def device_token(
    server_key: bytes, *, user_id: UUID, sessions_valid_after: datetime, device_id: UUID | None = None
) -> str:
    """Marks a device on which this person has signed in; dead with the next password reset."""
    device_id = device_id or uuid4()
    return _text(device_id.bytes + _device_mac(server_key, user_id, device_id, sessions_valid_after))


def known_device(server_key: bytes, token: str | None, *, user_id: UUID, sessions_valid_after: datetime) -> UUID | None:
    """The device that `token` marks for this person, or None; what does not verify is no device."""
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
