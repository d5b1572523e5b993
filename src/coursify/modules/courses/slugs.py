"""Readable addresses of courses. Pure but for the random ending."""

from __future__ import annotations

import re
import secrets
import unicodedata

_MAX_LENGTH = 60
_RESERVED = frozenset({"mine"})
_LIKE_AN_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def slugify(title: str) -> str:
    """`Ünïcode & You!` → `unicode-you`; never empty, reserved, or to be mistaken for an id."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_LENGTH].rstrip("-") or "course"
    return vary(slug) if slug in _RESERVED or looks_like_an_id(slug) else slug


def vary(slug: str) -> str:
    """The slug with a random ending, for when it is taken."""
    return slug + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def looks_like_an_id(text: str) -> bool:
    return bool(_LIKE_AN_ID.fullmatch(text.lower()))
