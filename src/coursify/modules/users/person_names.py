"""Whether a text can be somebody's name. Pure.

We greet people by their name in emails, also people who never asked for one. So a name carries no link and no message.
"""

from __future__ import annotations

import re
import unicodedata

_DOTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\u2024": "."})
_ENDINGS = (
    "com|net|org|info|biz|io|co|me|ly|gl|gg|tv|cc|ws|to|ru|cn|xyz|top|app|dev|link|site|online|shop|club|live|pro|icu|vip"
    "|page|web|store|space|fun|click|example|tk|ml|ga|cf|gq|uk|de|fr|nl|pl|br|in|eu|us|ca|au|jp|it|es|se|ch|at|be"
    "|\u0440\u0444|\u0443\u043a\u0440|\u4e2d\u56fd"
)
_LINKS = (
    re.compile(r"://|\bwww\.|@"),
    re.compile(r"(?:mailto|tel|javascript|data):", re.IGNORECASE),
    # A domain of three letters or more, so that St.Clair and J.de Vries stay names; or any before a slash.
    re.compile(rf"[\w-]{{3,}}(?:\.[\w-]+)*\.(?:{_ENDINGS})(?!\w|\.\w)", re.IGNORECASE),
    re.compile(r"[\w-]\.\w{2,}/", re.IGNORECASE),
    re.compile(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)"),
)
_MESSAGES = (
    # "unlock: …", but not Karl S:son.
    re.compile(r":(?:\s|$)"),
    re.compile(r"\w[!?]+(?:\s|$)"),
    re.compile(r"\d{5,}|\d[\d \-()]{7,}\d"),
    re.compile(r"[$\u20ac\u00a3\u20bf]\s?\d|\d\s?[$\u20ac\u00a3\u20bf]"),
    re.compile(r"\b(?:click|tap|press) (?:here|this|the|below|on)\b", re.IGNORECASE),
    re.compile(r"\byour (?:account|password|payment|order|card|bank|prize|invoice|parcel|package)\b", re.IGNORECASE),
    re.compile(r"\b(?:verify|confirm|unlock|update|reset|claim|download) (?:your|now|here|it|the)\b", re.IGNORECASE),
    re.compile(r"\byou(?:'ve| have| are|'re)? (?:won|been|selected|a winner)\b", re.IGNORECASE),
    re.compile(r"\bgift ?card\b|\bbitcoins?\b", re.IGNORECASE),
)


def check_person_name(name: str) -> str:
    """The name unchanged. Raises ValueError for a link, an address, or a text that reads like a message."""
    plain = unicodedata.normalize("NFKC", name).translate(_DOTS)
    if any(link.search(plain) for link in _LINKS):
        raise ValueError("must be a name, without a link or an address")
    if any(message.search(plain) for message in _MESSAGES):
        raise ValueError("must be a name, not a message")
    return name
