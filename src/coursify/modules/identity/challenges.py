"""Between the password and the code: a sealed note of who has proven the password, good for five minutes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag

from coursify.core.crypto import Sealer, digest
from coursify.modules.identity.errors import InvalidChallenge
from coursify.modules.identity.models import CHALLENGE_LIFETIME, Credentials

_ASSOCIATED_DATA = "challenge"


@dataclass(frozen=True, slots=True)
class Challenge:
    user_id: UUID
    device_id: UUID | None
    credentials: bytes

    def is_of(self, credentials: Credentials) -> bool:
        """Whether the password that was proven is still the one, and no sign-in was ended since."""
        return credentials.status == "active" and self.credentials == _digest_of(credentials)


def write_challenge(sealer: Sealer, *, credentials: Credentials, device_id: UUID | None, now: datetime) -> str:
    note = {
        "user": str(credentials.user_id),
        "device": str(device_id) if device_id else None,
        "credentials": _digest_of(credentials).hex(),
        "until": (now + CHALLENGE_LIFETIME).isoformat(),
    }
    sealed = sealer.seal(orjson.dumps(note), associated_data=_ASSOCIATED_DATA)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_challenge(sealer: Sealer, challenge: str, *, now: datetime) -> Challenge:
    """Raises InvalidChallenge for anything but a note of ours that is still good."""
    try:
        sealed = base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))
        note = orjson.loads(sealer.open(sealed, associated_data=_ASSOCIATED_DATA))
    except (binascii.Error, ValueError, KeyError, IndexError, InvalidTag) as error:
        raise InvalidChallenge from error
    if datetime.fromisoformat(note["until"]) < now:
        raise InvalidChallenge
    device_id = UUID(note["device"]) if note["device"] else None
    return Challenge(UUID(note["user"]), device_id, bytes.fromhex(note["credentials"]))


def _digest_of(credentials: Credentials) -> bytes:
    return digest(f"{credentials.password_hash}|{credentials.sessions_valid_after.isoformat()}")
