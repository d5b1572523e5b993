"""The pages on which people read the emails and follow their links.

The HTML of an email is shown in a sandboxed frame: it runs no script, loads nothing, and its links open in a new tab.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from coursify_sandbox.mailbox.events import EVENTS
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.store import Message, find_message, search_messages

MAX_SHOWN = 200
SCRIPT = (Path(__file__).parent / "mailbox.js").read_text()
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STYLE = (Path(__file__).parent / "mailbox.css").read_text()


async def show_list(request: Request) -> Response:
    """The newest emails. A script brings new ones, without touching what is typed; it works without one too."""
    words = _words(request)
    search = (
        '<form role="search"><label for="search">Address or subject</label> <input id="search" name="search" '
        f'type="search" autocomplete="off" placeholder="student" value="{escape(words)}"><button>Find</button></form>'
    )
    body = f'<h1>Mailbox</h1>{search}<p id="state" class="dim" role="status"></p><div id="emails">'
    return _page("Mailbox", f'{body}{_list(request, words)}</div><script src="/mailbox.js"></script>')


async def show_rows(request: Request) -> Response:
    """The list alone, for the script."""
    return HTMLResponse(_list(request, _words(request)), headers={"Cache-Control": "no-store"})


async def show_script(_request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _words(request: Request) -> str:
    """`to` is what links of former versions have."""
    return request.query_params.get("search") or request.query_params.get("to") or ""


def _list(request: Request, words: str) -> str:
    mailbox: Mailbox = request.app.state.mailbox
    rows = "".join(_row(message) for message in search_messages(mailbox.store, words, limit=MAX_SHOWN))
    return f'<ul class="emails">{rows}</ul>' if rows else f"<p>{'Nothing found.' if words else 'No emails yet.'}</p>"


async def show_message(request: Request) -> Response:
    mailbox: Mailbox = request.app.state.mailbox
    message = find_message(mailbox.store, request.path_params["message_id"])
    if message is None:
        return _page("Email not found", '<p>Email not found. <a href="/">All emails</a></p>', status=404)
    fields = {"From": message.from_, "To": message.to, "Received": message.received_at, **message.headers}
    definitions = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in fields.items())
    parts = [f'<p><a href="/">All emails</a></p><h1>{escape(message.subject)}</h1><dl>{definitions}</dl>']
    if message.html:
        source = escape(f'<base target="_blank">{message.html}')
        sandbox = "allow-popups allow-popups-to-escape-sandbox"
        parts.append(f'<iframe sandbox="{sandbox}" title="Email" srcdoc="{source}"></iframe>')
    if message.text:
        parts.append(f"<h2>Plain text</h2><pre>{escape(message.text)}</pre>")
    if mailbox.config.event_webhook_url:
        buttons = "".join(f'<button name="event" value="{kind}">{kind}</button> ' for kind in EVENTS)
        parts.append(f'<form method="post" action="/messages/{escape(message.id)}/events">Report: {buttons}</form>')
    return _page(message.subject, "".join(parts))


def _row(message: Message) -> str:
    link = f'<a href="/messages/{escape(message.id)}">{escape(message.subject)}</a>'
    time = f'<span class="dim">{escape(message.received_at[:19].replace("T", " "))}</span>'
    return f"<li><span>{escape(message.to)}</span>{link}{time}</li>"


def _page(title: str, body: str, *, status: int = 200) -> Response:
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    html = f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>'
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": POLICY})
