"""The pages on which people read the emails and follow their links.

The HTML of an email is shown in a sandboxed frame: it runs no script, loads nothing, and its links open in a new tab.
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from coursify_sandbox.mailbox.events import EVENTS
from coursify_sandbox.mailbox.mailbox import Mailbox
from coursify_sandbox.mailbox.store import Message, find_message, list_messages

MAX_SHOWN = 200
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222 }
h1 { font-size: 1.3rem } a { color: #0b57d0 } form { margin: 1rem 0 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .4rem .6rem }
tr + tr td { border-top: 1px solid #ddd } .dim { color: #777 } input { font: inherit; padding: .2rem .4rem }
iframe, pre { width: 100%; border: 1px solid #ccc; border-radius: 6px; background: #fff }
iframe { height: 26rem } pre { padding: 1rem; white-space: pre-wrap; box-sizing: border-box }
dt { float: left; clear: left; width: 8rem; color: #777 } dd { margin-left: 8rem }
"""


async def show_list(request: Request) -> Response:
    """The emails of one address or of all, newest first; the page reloads every few seconds."""
    mailbox: Mailbox = request.app.state.mailbox
    recipient = request.query_params.get("to") or None
    messages = list_messages(mailbox.store, recipient)[-MAX_SHOWN:]
    rows = "".join(_row(message) for message in reversed(messages))
    table = f"<table><tr><th>To<th>Subject<th>Received</tr>{rows}</table>" if rows else "<p>No emails yet.</p>"
    search = (
        '<form><label>To <input name="to" type="search" placeholder="student@example.com" '
        f'value="{escape(recipient or "")}"></label></form>'
    )
    return _page("Mailbox", f"<h1>Mailbox</h1>{search}{table}", refresh=True)


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
    return f"<tr><td>{escape(message.to)}<td>{link}<td>{time}</tr>"


def _page(title: str, body: str, *, status: int = 200, refresh: bool = False) -> Response:
    reload = '<meta http-equiv="refresh" content="5">' if refresh else ""
    head = f'<meta charset="utf-8">{reload}<title>{escape(title)}</title><style>{STYLE}</style>'
    html = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": POLICY})
