"""Codes that people read and type, in Crockford's alphabet: usually 20 characters, 100 random bits."""

from __future__ import annotations

import secrets
from typing import Final

# No I, L, O and U, which are mistaken for others.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
# What people take for a digit, and the separators that they add.
_AS_READ: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code(length: int = LENGTH) -> str:
    """Five random bits for each character."""
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def read_code(text: str) -> str | None:
    """The code that was typed, in any case and with or without separators; None when it is none."""
    if len(text) > 2 * LENGTH or not text.isascii():
        return None
    code = text.upper().translate(_AS_READ)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def show_code(code: str) -> str:
    """In groups of five, as it is printed."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
