"""Challenges: after the password and before the code, a sealed record of the verified user, valid for five minutes."""

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

    def matches(self, credentials: Credentials) -> bool:
        """Whether the password and `sessions_valid_after` are still those that were verified."""
        return credentials.status == "active" and self.credentials == _digest_of(credentials)


def write_challenge(sealer: Sealer, *, credentials: Credentials, device_id: UUID | None, now: datetime) -> str:
    content = {
        "user": str(credentials.user_id),
        "device": str(device_id) if device_id else None,
        "credentials": _digest_of(credentials).hex(),
        "until": (now + CHALLENGE_LIFETIME).isoformat(),
    }
    sealed = sealer.seal(orjson.dumps(content), associated_data=_ASSOCIATED_DATA)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_challenge(sealer: Sealer, challenge: str, *, now: datetime) -> Challenge:
    """Raises InvalidChallenge for anything but one of our challenges that has not expired."""
    try:
        sealed = base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))
        content = orjson.loads(sealer.open(sealed, associated_data=_ASSOCIATED_DATA))
    except (binascii.Error, ValueError, KeyError, IndexError, InvalidTag) as error:
        raise InvalidChallenge from error
    if datetime.fromisoformat(content["until"]) < now:
        raise InvalidChallenge
    device_id = UUID(content["device"]) if content["device"] else None
    return Challenge(UUID(content["user"]), device_id, bytes.fromhex(content["credentials"]))


def _digest_of(credentials: Credentials) -> bytes:
    return digest(f"{credentials.password_hash}|{credentials.sessions_valid_after.isoformat()}")
