"""Codes that people read and type: 20 characters of Crockford's alphabet, 100 random bits."""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
# What people take for a digit, and the separators that they add.
_AS_READ: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    bits = secrets.randbits(5 * LENGTH)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))


def read_code(text: str) -> str | None:
    """The code that was typed, in any case and with or without separators; None when it is none."""
    if len(text) > 2 * LENGTH or not text.isascii():
        return None
    code = text.upper().translate(_AS_READ)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def show_code(code: str) -> str:
    """In groups of five, as it is printed."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
