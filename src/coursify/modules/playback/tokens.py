"""The signed part of a stream's address: `<session>.<expiry>.<signature>`.

The keys are derived from ENCRYPTION_KEYS: the first one signs, every one of the ring verifies, so that a rotation
interrupts nobody. A token has one spelling: it is compared as text, never decoded.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime
from uuid import UUID

from coursify.core.crypto import derive

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9]{10})\.([A-Za-z0-9_-]{43})", re.ASCII)
_KEY_PURPOSE = "playback address"


class PlaybackTokens:
    def __init__(self, keyring: tuple[tuple[str, bytes], ...]) -> None:
        self._keys = [derive(key, _KEY_PURPOSE) for _kid, key in keyring]

    def sign(self, playback_id: UUID, *, expires_at: datetime) -> str:
        signed = f"{playback_id.hex}.{int(expires_at.timestamp())}"
        return f"{signed}.{_signature(self._keys[0], signed)}"

    def read(self, token: str, *, now: datetime) -> UUID | None:
        """The session that the token was signed for; None for a token that is not ours or has expired."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        session, expiry, signature = found.groups()
        signed = f"{session}.{expiry}"
        if not any(hmac.compare_digest(_signature(key, signed), signature) for key in self._keys):
            return None
        return UUID(session) if datetime.fromtimestamp(int(expiry), UTC) > now else None


def _signature(key: bytes, signed: str) -> str:
    return base64.urlsafe_b64encode(derive(key, signed)).decode().rstrip("=")
