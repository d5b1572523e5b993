"""The mailbox as one ASGI application: SendGrid's door, the door for programs, and the pages for people."""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from coursify_sandbox.mailbox.config import MailboxConfig
from coursify_sandbox.mailbox.erase import erase
from coursify_sandbox.mailbox.faults import read_faults
from coursify_sandbox.mailbox.mailbox import Mailbox, open_mailbox, set_faults
from coursify_sandbox.mailbox.pages import show_list, show_message
from coursify_sandbox.mailbox.send import send
from coursify_sandbox.mailbox.store import delete_messages, list_erasures, list_messages

OUR_NAMES = {"127.0.0.1", "localhost", "[::1]"}


def create_app(config: MailboxConfig) -> ASGIApp:
    app = Starlette(
        routes=[
            Route("/v3/mail/send", send, methods=["POST"]),
            Route("/v3/recipients/erasejob", erase, methods=["POST"]),
            Route("/_control/erasures", read_erasures, methods=["GET"]),
            Route("/api/messages", read_messages, methods=["GET"]),
            Route("/api/messages", empty, methods=["DELETE"]),
            Route("/_control/faults", read_faults_now, methods=["GET"]),
            Route("/_control/faults", replace_faults, methods=["POST"]),
            Route("/messages/{message_id}", show_message),
            Route("/", show_list),
        ]
    )
    app.state.mailbox = open_mailbox(config)
    return _only_under_our_names(app)


async def read_messages(request: Request) -> Response:
    """Every mail, oldest first; with `?to=` only those to that address."""
    mailbox: Mailbox = request.app.state.mailbox
    messages = list_messages(mailbox.store, request.query_params.get("to"))
    return JSONResponse([message.as_json() for message in messages], headers={"Cache-Control": "no-store"})


async def empty(request: Request) -> Response:
    delete_messages(request.app.state.mailbox.store)
    return Response(status_code=204)


async def read_erasures(request: Request) -> Response:
    """Every address that was to be forgotten, oldest first."""
    return JSONResponse(list_erasures(request.app.state.mailbox.store))


async def read_faults_now(request: Request) -> Response:
    return JSONResponse(request.app.state.mailbox.faults.as_json())


async def replace_faults(request: Request) -> Response:
    """What is given replaces what stood; `{}` ends all trouble."""
    try:
        faults = read_faults(json.loads(await request.body() or b"{}"))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    set_faults(request.app.state.mailbox, faults)
    return JSONResponse(faults.as_json())


def _only_under_our_names(app: ASGIApp) -> ASGIApp:
    """A web page must not reach the mails by pointing a name of its own at this machine."""

    async def guarded(scope: Scope, receive: Receive, send_answer: Send) -> None:
        if scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if host.rpartition(":")[0] not in OUR_NAMES and host not in OUR_NAMES:
                refusal = JSONResponse({"error": "Only 127.0.0.1 and localhost are served."}, status_code=403)
                await refusal(scope, receive, send_answer)
                return
        await app(scope, receive, send_answer)

    return guarded
