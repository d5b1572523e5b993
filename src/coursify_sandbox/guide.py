"""The guides of `docs/` as pages of the demo server: `/guide/storefront` is `docs/storefront.md`."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from coursify_sandbox.data_folder import PROJECT_ROOT

DOCS: Final = PROJECT_ROOT / "docs"
PAGES: Final = {
    "storefront": "A storefront in ten steps",
    "api-guide": "API guide",
    "errors": "Errors",
    "test-cards": "Test cards",
    "versioning": "Versions",
}
_LINK: Final = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_LANGUAGE: Final = re.compile(r'<pre><code class="language-(\w+)">')
_HEADING: Final = re.compile(r"<h([23])>(.*?)</h\1>")
_NAMES: Final = {"sh": "curl", "python": "Python", "ts": "TypeScript", "json": "JSON"}


def render_guide(name: str, *, api: str) -> str | None:
    """The page as HTML without script or inline style; None for an unknown name."""
    if name not in PAGES or not (DOCS / f"{name}.md").exists():
        return None
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render((DOCS / f"{name}.md").read_text())
    html = _LINK.sub(_rewrite, html)
    html = _LANGUAGE.sub(
        lambda found: f'<pre data-language="{_NAMES.get(found[1], found[1])}" tabindex="0"><code>', html
    )
    html = _HEADING.sub(lambda found: f'<h{found[1]} id="{_slug(found[2])}">{found[2]}</h{found[1]}>', html)
    links = "".join(
        f'<a href="/guide/{page}"{" aria-current=page" if page == name else ""}>{escape(title)}</a>'
        for page, title in PAGES.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(PAGES[name])} · Coursify</title>"
        '<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/store/store.css"></head><body>'
        '<header id="top"><a id="home" href="/">Coursify <span>guide</span></a>'
        f'<nav id="links" aria-label="Guides">{links}<a href="{escape(api)}/docs">Reference</a></nav></header>'
        f'<main id="main" class="guide">{html}</main></body></html>'
    )


def _slug(title: str) -> str:
    """The name of a heading in addresses, as GitHub makes it."""
    return re.sub(r"[^a-z0-9 -]", "", re.sub(r"<[^>]*>", "", title).lower()).replace(" ", "-")


def _rewrite(found: re.Match[str]) -> str:
    """Links among these pages and within them stay; what is not served is its text alone."""
    address, text = found.groups()
    target = Path(address.partition("#")[0])
    if address.startswith(("#", "https://")):
        return found[0]
    if target.suffix == ".md" and target.stem in PAGES and len(target.parts) == 1:
        return f'<a href="/guide/{target.stem}">{text}</a>'
    return text
