"""The ASGI application of the mailbox: SendGrid's API, the API for tests, and the pages for people."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from coursify_sandbox.mailbox.erase_recipients import erase_recipients
from coursify_sandbox.mailbox.events import report_event
from coursify_sandbox.mailbox.faults import parse_faults
from coursify_sandbox.mailbox.mailbox import Mailbox, set_faults
from coursify_sandbox.mailbox.pages import show_list, show_message, show_rows, show_script
from coursify_sandbox.mailbox.send_email import send_email
from coursify_sandbox.mailbox.store import delete_messages, list_erasures, list_messages

ALLOWED_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


def create_app(mailbox: Mailbox) -> ASGIApp:
    app = Starlette(
        routes=[
            Route("/v3/mail/send", send_email, methods=["POST"]),
            Route("/v3/recipients/erasejob", erase_recipients, methods=["POST"]),
            Route("/_control/erasures", get_erasures, methods=["GET"]),
            Route("/api/messages", get_messages, methods=["GET"]),
            Route("/api/messages", delete_all_messages, methods=["DELETE"]),
            Route("/_control/faults", get_faults, methods=["GET"]),
            Route("/_control/faults", replace_faults, methods=["POST"]),
            Route("/messages/{message_id}", show_message),
            Route("/messages/{message_id}/events", report_event, methods=["POST"]),
            Route("/list", show_rows),
            Route("/mailbox.js", show_script),
            Route("/", show_list),
        ]
    )
    app.state.mailbox = mailbox
    return _check_host(app)


async def get_messages(request: Request) -> Response:
    """All emails, oldest first; with `?to=` those to one address."""
    mailbox: Mailbox = request.app.state.mailbox
    messages = list_messages(mailbox.store, request.query_params.get("to"))
    return JSONResponse([message.as_json() for message in messages], headers={"Cache-Control": "no-store"})


async def delete_all_messages(request: Request) -> Response:
    delete_messages(request.app.state.mailbox.store)
    return Response(status_code=204)


async def get_erasures(request: Request) -> Response:
    """The erased addresses, oldest first."""
    return JSONResponse(list_erasures(request.app.state.mailbox.store))


async def get_faults(request: Request) -> Response:
    return JSONResponse(request.app.state.mailbox.faults.as_json())


async def replace_faults(request: Request) -> Response:
    """Replace all faults; `{}` removes them."""
    try:
        faults = parse_faults(json.loads(await request.body() or b"{}"))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    set_faults(request.app.state.mailbox, faults)
    return JSONResponse(faults.as_json())


def _check_host(app: ASGIApp) -> ASGIApp:
    """Reject other host names: a web page must not read the emails by DNS rebinding."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if host.rpartition(":")[0] not in ALLOWED_HOSTS and host not in ALLOWED_HOSTS:
                response = JSONResponse({"error": "Only 127.0.0.1 and localhost are allowed."}, status_code=403)
                await response(scope, receive, send)
                return
        await app(scope, receive, send)

    return handle
