"""What people write into a review: plain text, whatever it pretends to be. Pure."""

from __future__ import annotations

import re
import unicodedata

import nh3

_MARKS_IN_A_ROW = 4
_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain_text(text: str) -> str:
    """Without HTML tags, direction overrides and towers of accents; `a < b` and `Q & A` stay as they are typed."""
    while (stripped := _without_tags(text)) != text:
        text = stripped
    return _without_towers(_DIRECTION_OVERRIDES.sub("", text)).strip()


def _without_tags(text: str) -> str:
    """The parser's own idea of what a tag is; `&` is doubled so that a written `&lt;` stays a written `&lt;`."""
    clean = nh3.clean(text.replace("&", "&amp;"), tags=set())
    return clean.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u00a0").replace("&amp;", "&")


def _without_towers(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)
