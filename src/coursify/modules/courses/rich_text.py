"""HTML that instructors write: what is on the list stays, everything else goes (docs/decisions/0034). Pure."""

from __future__ import annotations

import html
import re

import nh3

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "b", "i", "u", "s", "sub", "sup", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_TAG = re.compile(r"<[^>]*>")


def sanitize(text: str) -> str:
    """Allow-listed tags and attributes, links to http, https and mailto only; empty when nothing is left to read."""
    clean = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    ).strip()
    return clean if html.unescape(_TAG.sub("", clean)).strip() else ""
