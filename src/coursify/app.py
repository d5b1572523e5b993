"""create_app(): where everything meets."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import compile_path

from coursify.core.clock import Clock
from coursify.core.database import Database
from coursify.core.http import docs, faults, health, openapi
from coursify.core.http.answers import reply
from coursify.core.http.edge import App, Edge
from coursify.core.http.limits import make_limiter
from coursify.core.http.route import Doorway
from coursify.core.logging import configure_logging
from coursify.core.operations import Operation
from coursify.core.pagination import Cursors
from coursify.core.settings import Settings, load_settings
from coursify.integrations.stripe import StripeGateway
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.users import controllers as users
from coursify.modules.users.desk import Desk, make_desk
from coursify.modules.users.guards import make_gate
from coursify.operations import OPERATIONS, RATES
from coursify.routes import PREFIX, ROUTERS, iterate_routes

VERSION = version("coursify")
_GC_THRESHOLDS = (50_000, 20, 20)


def create_app(settings: Settings | None = None, *, payments: PaymentGateway | None = None) -> App:
    """The whole application as one ASGI callable; raises ConfigurationError when the environment is incomplete."""
    settings = settings or load_settings()
    configure_logging(settings.app.log_level)
    return wrap(build(settings, payments=payments), settings)


def build(settings: Settings, *, payments: PaymentGateway | None = None) -> FastAPI:
    database = Database(settings.database, Clock(settings.app.clock_offset_file))
    app = FastAPI(
        title="Coursify",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.payments = payments or StripeGateway(settings.stripe)
    app.state.desk = make_desk(database, settings)
    app.state.redis = app.state.desk.tallies.client
    app.state.doorway = make_doorway(settings, app.state.desk)
    app.state.methods_by_path = [(compile_path(PREFIX + route.path)[0], route.methods) for route in iterate_routes()]
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(users.OUTSIDE)
    app.include_router(health.router)
    app.add_api_route("/", _welcome, include_in_schema=False)
    docs.install(app)
    faults.install(app)
    openapi.install(app, OPERATIONS, version=VERSION)
    check_policy_table(OPERATIONS)
    return app


def allow_origins(app: App, origins: tuple[str, ...]) -> App:
    """Let pages of these origins call the API and read its answers, failures too, and the headers clients go by."""
    sent = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Device-Token"]
    sent += ["X-Request-Id"]
    read = ["ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"]
    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=sent,
        expose_headers=read,
        max_age=600,
    )


def check_policy_table(operations: dict[str, Operation]) -> None:
    """Every operation has its line and every line its operation; anything else does not start."""
    names = {route.name for route in iterate_routes()}
    missing, idle = names - operations.keys(), operations.keys() - names
    if missing or idle:
        raise RuntimeError(f"policy table: no line for {sorted(missing)}, no route for {sorted(idle)}")


def make_doorway(settings: Settings, desk: Desk) -> Doorway:
    return Doorway(
        database=desk.database,
        sealer=desk.sealer,
        cursors=Cursors(settings.keys.server_key),
        operations=OPERATIONS,
        identify=make_gate(desk),
        limit=make_limiter(desk.tallies, RATES, desk.trusted_proxies),
    )


def wrap(app: FastAPI, settings: Settings) -> App:
    """Put the edge around the application."""
    hosts = frozenset(settings.app.allowed_hosts) or {urlsplit(settings.app.public_url).hostname or ""}
    reachable = allow_origins(app, settings.app.cors_origins) if settings.app.cors_origins else app
    return Edge(reachable, hosts=frozenset(hosts), is_sandbox=settings.app.environment != "production")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    await database.open()
    desk: Desk = app.state.desk
    # What lives now lives on: keeping it out of every collection was the largest gain in tail latency measured.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        async with desk.serving():
            yield
    finally:
        await app.state.payments.close()
        await database.close()


async def _welcome() -> Response:
    links = {"docs": "/docs", "openapi": "/openapi.json", "api": "/api/v1", "health": "/health/ready"}
    return reply({"name": "Coursify", "version": VERSION, "links": links}, "A course-selling back end.")
