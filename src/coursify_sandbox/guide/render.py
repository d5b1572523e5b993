"""A guide of `docs/` as a page without script: requests on the left, by language, and the answer on the right."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from coursify_sandbox.data_folder import PROJECT_ROOT

DOCS: Final = PROJECT_ROOT / "docs"
# The address of each page below /guide, its file below `docs`, and its title.
RESOURCES: Final = {
    "sign-in": ("guide/sign-in.md", "People and sign-in"),
    "courses": ("guide/courses.md", "Courses and search"),
    "lessons": ("guide/lessons.md", "Lessons and media"),
    "orders": ("guide/orders.md", "Cart, orders and payments"),
    "refunds": ("guide/refunds.md", "Refunds"),
    "enrollments": ("guide/enrollments.md", "Enrollments and progress"),
    "reviews": ("guide/reviews.md", "Reviews"),
    "wish-list": ("guide/wish-list.md", "Wish list"),
    "notices": ("guide/notices.md", "Notices and reports"),
    "certificates": ("guide/certificates.md", "Certificates"),
    "webhooks": ("guide/webhooks.md", "Webhooks"),
    "admin": ("guide/admin.md", "Admin"),
}
PAGES: Final = {
    "guide": ("guide/README.md", "Guide"),
    **RESOURCES,
    "storefront": ("storefront.md", "A storefront in ten steps"),
    "api-guide": ("api-guide.md", "Rules of the API"),
    "errors": ("errors.md", "Errors"),
    "test-cards": ("test-cards.md", "Test cards"),
    "versioning": ("versioning.md", "Versions"),
}
LANGUAGES: Final = {"sh": "curl", "python": "Python", "ts": "TypeScript"}
_ADDRESSES: Final = {
    (DOCS / file).resolve(): "/guide" if name == "guide" else f"/guide/{name}" for name, (file, _) in PAGES.items()
}
_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
_SECTION: Final = re.compile(r"^(?=## )", re.MULTILINE)
_LINK: Final = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_HEADING: Final = re.compile(r"<h([23])>(.*?)</h\1>")
_CHOICE: Final = "".join(
    f'<label><input type="radio" name="language" id="in-{key}"{" checked" if key == "sh" else ""}> {title}</label>'
    for key, title in LANGUAGES.items()
)


def render_page(name: str) -> str | None:
    """The page as HTML without script or inline style; None for an unknown name."""
    if name not in PAGES:
        return None
    path, title = DOCS / PAGES[name][0], PAGES[name][1]
    text = path.read_text()
    sections = _SECTION.split(text)
    body = "".join(_render_section(section, path) for section in sections)
    is_in_languages = any(language in LANGUAGES for language, _code in _BLOCK.findall(text))
    choice = f'<fieldset class="languages"><legend>Language</legend>{_CHOICE}</fieldset>' if is_in_languages else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Coursify</title>"
        '<link rel="icon" href="/demo/icon.svg"><link rel="stylesheet" href="/guide/guide.css"></head><body>'
        '<header><a href="/">Coursify</a><nav aria-label="Sandbox"><a href="/guide">Guide</a>'
        '<a href="/docs">Reference</a><a href="/demo/">Demo</a></nav></header>'
        f'<div class="page"><nav class="pages" aria-label="Guides">{_render_links(name)}</nav>'
        f"<main>{choice}{body}</main></div></body></html>"
    )


def _render_links(current: str) -> str:
    links = []
    for page, (file, title) in PAGES.items():
        mark = " aria-current=page" if page == current else ""
        links.append(f'<a href="{_ADDRESSES[(DOCS / file).resolve()]}"{mark}>{escape(title)}</a>')
    return "".join(links)


def _render_section(section: str, path: Path) -> str:
    """A section with an answer has two columns; any other section is as it is written."""
    blocks = _BLOCK.findall(section)
    answers = [code for language, code in blocks if language == "json"]
    if not answers or not any(language in LANGUAGES for language, _code in blocks):
        return f'<section class="text">{_render_text(section, path)}</section>'
    requests = "".join(_render_code(language, code) for language, code in blocks if language in LANGUAGES)
    answer = "".join(_render_code("json", code) for code in answers)
    return (
        f'<section class="step"><div class="about">{_render_text(_BLOCK.sub("", section), path)}</div>'
        f'<div class="request">{requests}</div><div class="answer">{answer}</div></section>'
    )


def _render_text(text: str, path: Path) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule(
        "fence", lambda _self, tokens, index, *_: _render_code(tokens[index].info, tokens[index].content)
    )
    html = _LINK.sub(lambda found: _rewrite_link(found, path), parser.render(text))
    return _HEADING.sub(lambda found: f'<h{found[1]} id="{_slug(found[2])}">{found[2]}</h{found[1]}>', html)


def _render_code(language: str, code: str) -> str:
    title = LANGUAGES.get(language) or ("Answer" if language == "json" else language)
    return (
        f'<figure class="code {escape(language)}"><figcaption>{escape(title)}</figcaption>'
        f'<pre tabindex="0" aria-label="{escape(title)}"><code>{escape(code)}</code></pre></figure>'
    )


def _slug(title: str) -> str:
    """The name of a heading in addresses, as GitHub makes it."""
    return re.sub(r"[^a-z0-9 -]", "", re.sub(r"<[^>]*>", "", title).lower()).replace(" ", "-")


def _rewrite_link(found: re.Match[str], path: Path) -> str:
    """Links among these pages and within them stay; what is not served is its text alone."""
    address, text = found.groups()
    if address.startswith(("#", "https://")):
        return found[0]
    file, _, anchor = address.partition("#")
    served = _ADDRESSES.get((path.parent / file).resolve())
    return f'<a href="{served}{"#" + anchor if anchor else ""}">{text}</a>' if served else text
