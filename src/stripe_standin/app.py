"""Builds the ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_standin.config import StandinConfig
from stripe_standin.control import routes
from stripe_standin.http.api import respond
from stripe_standin.http.checkout_pages import checkout_routes
from stripe_standin.http.pages import page_routes
from stripe_standin.scheduler import run_scheduler
from stripe_standin.standin import Standin, open_standin
from stripe_standin.webhook_delivery import WebhookSender, create_webhook_sender, run_delivery, stop_delivery

METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"]


def create_app(config: StandinConfig) -> Starlette:
    """Create the application; it delivers webhooks during its lifespan."""
    standin = open_standin(config)
    sender = create_webhook_sender(standin)

    async def api(request: Request) -> Response:
        return await respond(standin, request)

    return Starlette(
        routes=[
            *page_routes(standin),
            *checkout_routes(standin),
            *routes.control_routes(sender),
            Route("/v1", api, methods=METHODS),
            Route("/v1/{path:path}", api, methods=METHODS),
        ],
        lifespan=lambda _: run_background_tasks(standin, sender),
    )


@contextlib.asynccontextmanager
async def run_background_tasks(standin: Standin, sender: WebhookSender) -> AsyncIterator[None]:
    """Deliver webhooks and do due work until the application stops, then close the database."""
    tasks = [asyncio.create_task(run_delivery(sender)), asyncio.create_task(run_scheduler(standin))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await stop_delivery(sender)
        standin.database.close()
