"""Tokens that show which side of a notice someone is on, and references that people can read. Pure but for chance."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Literal
from uuid import UUID

from coursify.core.crypto import derive

Side = Literal["notifier", "affected"]

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def make_reference() -> str:
    """`N-7K3Q-2MPX`: it names a notice and opens nothing."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"N-{letters[:4]}-{letters[4:]}"


def side_token(server_key: bytes, notice_id: UUID, side: Side) -> str:
    """It is in the emails to that side, and stored nowhere."""
    return base64.urlsafe_b64encode(derive(server_key, "notice", str(notice_id), side)).decode().rstrip("=")


def side_of_token(server_key: bytes, notice_id: UUID, token: str) -> Side | None:
    sides: tuple[Side, ...] = ("notifier", "affected")
    for side in sides:
        if hmac.compare_digest(side_token(server_key, notice_id, side).encode(), token.encode()):
            return side
    return None
