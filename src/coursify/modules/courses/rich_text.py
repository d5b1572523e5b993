"""HTML that instructors write: allowed tags stay, everything else is text (docs/decisions/0022). Pure.

An allowed tag is one that is written correctly: a name on the list, attributes with values, `>`. Every other `<`
becomes `&lt;`, so no word is lost, whatever an HTML parser would make of it. Then a real parser builds the tree and
drops every attribute and address that is not on the list: it decides what is safe; the rewriting before it decides
what is text.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

from coursify.core.text import REJECTED

MAX_LENGTH = 100_000

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "b", "i", "u", "s", "sub", "sup", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}

_SPACE = r"[\t\n\f\r ]"
# As HTML wants it written, so that this file and every parser agree on where a tag ends. An attribute without a value
# is one of HTML's own: `a<b and c>d` holds no tag.
_ATTRIBUTE = rf"""{_SPACE}+(?:
    [A-Za-z_:][-.:\w]*{_SPACE}*={_SPACE}*(?:"[^"]*"|'[^']*'|[^\t\n\f\r "'=<>`]+)
    |(?:compact|hidden|noshade|nowrap|reversed)(?=[\t\n\f\r />])
)"""
_NAME_OF_ATTRIBUTE = re.compile(rf"{_SPACE}+([^\t\n\f\r =/>]+)")
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE, re.ASCII | re.IGNORECASE | re.VERBOSE)
_TAG_OR_LESS_THAN = re.compile(
    rf"<(?:(?P<end>/?)(?P<name>{'|'.join(sorted(_TAGS))})(?P<attributes>(?:{_ATTRIBUTE})*+){_SPACE}*/?>)?",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
# Sanitized HTML has `<` at the beginning of a tag alone; without that, a text of many would take very long.
_MARKUP = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
# Tags between which a reader sees a space or a new line; the others stand inside of a word.
_BETWEEN_WORDS = re.compile(r"</?(?:p|br|hr|h[234]|ul|ol|li|blockquote|pre|table|thead|tbody|tr|th|td)\b[^<>]*>")
MAX_EXCERPT = 300
# Misnested links and tables settle in the second or third round.
_ROUNDS = 8


def sanitize(text: str) -> str:
    """Allowed tags and attributes, links to http, https and mailto only, and all text; empty when nothing is to read.

    Sanitizing the result changes nothing. A result longer than MAX_LENGTH is not finished: refuse it.
    """
    for _ in range(_ROUNDS):
        cleaned = _clean(_TAG_OR_LESS_THAN.sub(_rewrite, text))
        if cleaned == text or len(cleaned) > MAX_LENGTH:
            return cleaned if plain_text(cleaned) else ""
        text = cleaned
    return _clean(text.replace("<", "&lt;"))


def excerpt_of(sanitized: str) -> str:
    """The beginning of sanitized HTML as plain text, at most 300 characters; empty only when the HTML is."""
    text = plain_text(sanitized)
    if len(text) <= MAX_EXCERPT:
        return text
    words, _space, _cut_word = text[:MAX_EXCERPT].rpartition(" ")
    return f"{words or text[: MAX_EXCERPT - 1]}…"


def plain_text(sanitized: str) -> str:
    """What there is to read, on one line."""
    return " ".join(html.unescape(_MARKUP.sub("", _BETWEEN_WORDS.sub(" ", sanitized))).split())


def _rewrite(match: re.Match[str]) -> str:
    """An allowed tag with its allowed attributes alone, anything else as text.

    The parser closes and opens tags again in every paragraph: attributes that it would drop later could multiply.
    """
    if match["name"] is None:
        return "&lt;"
    name = match["name"].lower()
    if match["end"]:
        return f"</{name}>"
    allowed = _ATTRIBUTES.get(name, set())
    kept = (
        attribute[0]
        for attribute in _EACH_ATTRIBUTE.finditer(match["attributes"])
        if (named := _NAME_OF_ATTRIBUTE.match(attribute[0])) and named[1].lower() in allowed
    )
    return f"<{name}{''.join(kept)}>"


def _clean(text: str) -> str:
    """What the parser makes of it, written so that reading it again gives the same tree."""
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    # `&#7;` names what cannot be typed; what is stored must be accepted when it is sent back.
    cleaned = REJECTED.sub("", cleaned).replace("\r\n", "\n").replace("\r", "\n")
    # NFC would join this mark to the `>` of a tag; a parser drops the first line break of `pre`.
    cleaned = cleaned.replace(">\u0338", ">&#824;").replace("<pre>\n", "<pre>\n\n")
    return unicodedata.normalize("NFC", cleaned).strip()
