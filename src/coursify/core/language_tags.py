"""Language tags (BCP 47): checked by their grammar, written in one way."""

from __future__ import annotations

import re

LONGEST_TAG = 35
# language, extended language, script, region, variants; no extensions and no private use.
_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.ASCII
)


def check_language(tag: str) -> str:
    """`EN` → `en`, `zh-hans` → `zh-Hans`, `pt-br` → `pt-BR`. Raises ValueError for what is no language tag."""
    if not _TAG.fullmatch(tag.lower()):
        raise ValueError("must be a language tag, such as en, pt-BR or zh-Hans")
    return canonical_tag(tag)


def canonical_tag(tag: str) -> str:
    """`PT-br` → `pt-BR`, `zh-hant` → `zh-Hant`: one language has one name."""
    first, *others = tag.split("-")
    shaped = [_shape(part) for part in others]
    return "-".join([first.lower(), *shaped])


def _shape(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
