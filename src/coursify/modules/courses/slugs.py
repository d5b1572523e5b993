"""Readable addresses of courses. Pure but for the random ending."""

from __future__ import annotations

import re
import secrets
import unicodedata

from anyascii import anyascii

_MAX_LENGTH = 60
_RESERVED = frozenset({"mine"})
_LIKE_AN_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def slugify(title: str) -> str:
    """`Größe & C++` → `grosse-c-plus-plus`, `数据` → `shu-ju`; never empty, reserved, or to be mistaken for an id."""
    plain = "".join(_spell(letter) for letter in _name_symbols(unicodedata.normalize("NFKC", title))).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    slug = _shorten(slug) or "course"
    return vary(slug) if slug in _RESERVED or looks_like_an_id(slug) else slug


def _name_symbols(title: str) -> str:
    """Symbols that are part of a name: `C++`, `C#`, `.NET`."""
    named = re.sub(r"(?<=\w)\++(?!\w)", lambda pluses: " plus" * len(pluses[0]), title)
    named = re.sub(r"(?<=[^\W\d_])[#♯](?!\w)", " sharp", named)
    return re.sub(r"(?<!\S)\.(?=[^\W\d_])", "dot ", named)


def _spell(letter: str) -> str:
    """A letter in ASCII; a Han character is a word."""
    return f" {anyascii(letter)} " if unicodedata.name(letter, "").startswith("CJK") else anyascii(letter)


def _shorten(slug: str) -> str:
    """Whole words, as far as they fit."""
    if len(slug) <= _MAX_LENGTH:
        return slug
    begin, _, _ = slug[: _MAX_LENGTH + 1].rpartition("-")
    return begin or slug[:_MAX_LENGTH]


def vary(slug: str) -> str:
    """The slug with a random ending, for when it is taken."""
    return slug + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def looks_like_an_id(text: str) -> bool:
    return bool(_LIKE_AN_ID.fullmatch(text.lower()))
