"""What people type into the search field, as a query that PostgreSQL can run safely. Pure."""

from __future__ import annotations

import unicodedata

MAX_WORDS = 12
# More matches than this are not ranked one by one: a word that common says little (docs/decisions/0018).
MAX_CANDIDATES = 1_000


def prefix_query(text: str) -> str:
    """`C++ for "begin` → `C:* & for:* & begin:*`: every word must begin a word or a part of one. Empty without words.

    Only letters, digits and their marks survive, so nothing a client types is an operator.
    """
    spaced = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    return " & ".join(f"{word}:*" for word in spaced.split()[:MAX_WORDS])
