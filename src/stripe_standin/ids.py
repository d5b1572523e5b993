"""Random ids in Stripe's format."""

from __future__ import annotations

import secrets

NO_PUNCTUATION = str.maketrans({"-": "A", "_": "z"})


def new_id(prefix: str, length: int = 24) -> str:
    """A new id, such as `pi_` with 24 letters and digits."""
    return f"{prefix}_{new_token(length)}"


def new_token(length: int) -> str:
    """Random letters and digits."""
    return secrets.token_urlsafe(length).translate(NO_PUNCTUATION)[:length]
