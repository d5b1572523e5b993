"""Which passwords are accepted."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def check_password(password: str) -> str:
    """Requires a special character, rejects common passwords, changes nothing. The field limits the length."""
    if all(char.isalnum() for char in password):
        raise ValueError("must contain at least one special character")
    if _is_common(password.strip().lower()):
        raise ValueError("is one of the most common passwords")
    return password


def _is_common(word: str) -> bool:
    """Searches the text of the list: as a set, its words would take fifteen times the memory."""
    return "\n" not in word and f"\n{word}\n" in _common_passwords()


@cache
def _common_passwords() -> str:
    return Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
