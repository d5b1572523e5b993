"""Where the stand-in's parts meet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_standin.aging import age_forever
from stripe_standin.config import StandinConfig
from stripe_standin.control import door
from stripe_standin.delivery import Deliverer, deliver_forever, new_deliverer, stop
from stripe_standin.http.api import answer_api
from stripe_standin.http.checkout_pages import checkout_routes
from stripe_standin.http.pages import page_routes
from stripe_standin.standin import Standin, open_standin

METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"]


def create_app(config: StandinConfig) -> Starlette:
    """The stand-in as an ASGI application; its webhooks go out while its lifespan lasts."""
    standin = open_standin(config)
    deliverer = new_deliverer(standin)

    async def api(request: Request) -> Response:
        return await answer_api(standin, request)

    return Starlette(
        routes=[
            *page_routes(standin),
            *checkout_routes(standin),
            *door.routes(deliverer),
            Route("/v1", api, methods=METHODS),
            Route("/v1/{path:path}", api, methods=METHODS),
        ],
        lifespan=lambda _: while_running(standin, deliverer),
    )


@contextlib.asynccontextmanager
async def while_running(standin: Standin, deliverer: Deliverer) -> AsyncIterator[None]:
    """Deliver webhooks until the application stops, then close the state."""
    loops = [asyncio.create_task(deliver_forever(deliverer)), asyncio.create_task(age_forever(standin))]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await stop(deliverer)
        standin.database.close()
