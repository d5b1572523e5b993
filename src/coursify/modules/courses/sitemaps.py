"""Sitemaps, the Atom feed and robots.txt as text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from coursify.modules.courses.models.published import FeedEntry, ListedPage, course_address
from coursify.modules.users.models import FORMER_MEMBER

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot have, escaped or not.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Pages of people, operations that need a credential, and addresses that expire.
_NOT_FOR_ROBOTS = ("/account", "/admin", "/teach", "/unsubscribe/", "/media/playback/", "/media/uploads/")


def sitemap_index(public_url: str, shards: int) -> bytes:
    root = Element("sitemapindex", xmlns=_SITEMAP)
    for number in range(1, shards + 1):
        _text(SubElement(root, "sitemap"), "loc", f"{public_url}/sitemap/{number}.xml")
    return _document(root)


def sitemap(public_url: str, pages: Sequence[ListedPage]) -> bytes:
    root = Element("urlset", xmlns=_SITEMAP)
    for page in pages:
        entry = SubElement(root, "url")
        _text(entry, "loc", course_address(public_url, page.slug))
        _text(entry, "lastmod", _time(page.updated_at))
    return _document(root)


def atom_feed(public_url: str, school: str, entries: Sequence[FeedEntry]) -> bytes:
    address = f"{public_url}/feed.xml"
    root = Element("feed", xmlns=_ATOM)
    _text(root, "id", address)
    _text(root, "title", school)
    _text(root, "updated", _time(max((one.updated_at for one in entries), default=_EPOCH)))
    SubElement(root, "link", rel="self", href=address)
    for one in entries:
        entry = SubElement(root, "entry")
        _text(entry, "id", f"urn:uuid:{one.id}")
        _text(entry, "title", one.title)
        SubElement(entry, "link", href=course_address(public_url, one.slug))
        _text(entry, "published", _time(one.published_at))
        _text(entry, "updated", _time(one.updated_at))
        _text(SubElement(entry, "author"), "name", one.instructor_name or FORMER_MEMBER)
        _text(entry, "summary", one.excerpt)
    return _document(root)


def robots_txt(public_url: str) -> bytes:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS), f"Sitemap: {public_url}/sitemap.xml"]
    return ("\n".join(lines) + "\n").encode()


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _document(root: Element) -> bytes:
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content
