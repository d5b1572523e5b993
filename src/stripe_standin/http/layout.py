"""The layout of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:66rem;padding:1.5rem 1rem}"
    "body{color:#1f2430;background:#fff}"
    "h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}a{color:#3d38b8}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #dde}"
    "td.sum{text-align:right}"
    "code{background:#f0f1f6;padding:.1rem .3rem;border-radius:3px;overflow-wrap:anywhere}"
    ".note{background:#fff7dd;padding:.6rem 1rem}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{color:#565c6b}dd{margin:0;overflow-wrap:anywhere}"
    "button{font:inherit;padding:.5rem 1.2rem;margin:.3rem .5rem .3rem 0;border:0;border-radius:5px;cursor:pointer;"
    "background:#4a45d6;color:#fff}button.no{background:#5b606c}"
    "button.plain{background:#eef0f6;color:#1f2430;border:1px solid #767c8a}"
    "input{font:inherit;padding:.4rem;width:18rem;max-width:100%}label{display:block;margin:.6rem 0}.bad{color:#b00020}"
    "@media (prefers-color-scheme:dark){body{background:#14161b;color:#e6e8ee}a{color:#aaa6ff}code{background:#262a33}"
    "th,td{border-color:#333844}.note{background:#3a3110}dt{color:#a9afbd}.bad{color:#ff9aa5}"
    "button.plain{background:#262a33;color:#e6e8ee}}"
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" a browser sends `Origin: null` from our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """A page; `body` is HTML."""
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(document, status, HEADERS)


def table(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    """A table; its cells are escaped."""
    return rows(head, [tuple(escape(cell) for cell in line) for line in lines])


def rows(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    """A table; its cells are HTML. A narrow window scrolls it alone, by keyboard too."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
    label = escape(", ".join(head))
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
