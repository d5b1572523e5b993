"""create_app(): builds the application."""

from __future__ import annotations

import gc
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from coursify.core.folders import check_folders
from coursify.core.http import docs, exception_handlers, health, metrics, openapi, security_txt
from coursify.core.http.address import read_networks
from coursify.core.http.admission import Admission
from coursify.core.http.context import RouteContext, set_admission, set_context
from coursify.core.http.direct import DirectRoutes
from coursify.core.http.head import HeadAsGet
from coursify.core.http.limits import make_failure_counter, make_limiter
from coursify.core.http.middleware import OF_ANY_HOST, App, OuterMiddleware
from coursify.core.http.public_cache import PublicCache
from coursify.core.http.router import add_routes
from coursify.core.logging import configure_logging, flush_logs
from coursify.core.metrics import sampling
from coursify.core.outage import watching_servers
from coursify.core.setting_types import ANY_PORT
from coursify.core.settings import Settings, load_settings
from coursify.core.slow_statements import reporting_slow_statements
from coursify.figures.collect import render_figures
from coursify.integrations.telemetry import reporting
from coursify.migrations.revisions import find_head
from coursify.modules.identity import controllers as identity
from coursify.modules.identity.guards import make_authenticate
from coursify.modules.payments.gateway import PaymentGateway
from coursify.pages.core import assets, start
from coursify.pages.routes import PAGES
from coursify.rates import RATES
from coursify.resources import Resources, open_resources
from coursify.routes import ROUTES, TAGS, document_routes

VERSION = version("coursify")
REQUEST_HEADERS = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "If-Range", "Range"),
    *("X-Device-Token", "X-Request-Id"),
)
RESPONSE_HEADERS = (
    *("Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "Idempotent-Replayed"),
    *("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"),
)
# What clients of tus send and read from pages of other origins.
TUS_REQUEST_HEADERS = (
    *("Tus-Resumable", "Upload-Checksum", "Upload-Length", "Upload-Metadata", "Upload-Offset"),
    *("X-HTTP-Method-Override", "X-Requested-With"),
)
TUS_RESPONSE_HEADERS = (
    *("Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Resumable", "Tus-Version"),
    *("Upload-Expires", "Upload-Length", "Upload-Offset"),
)
# Only spans of requests: measures are in `core/metrics.py`, and nothing is configured by other variables.
TELEMETRY: TelemetryConfig = {
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
    "exclude": lambda scope: scope["path"] in OF_ANY_HOST,
}
_GC_THRESHOLDS = (50_000, 20, 20)


def create_app(settings: Settings | None = None, *, payments: PaymentGateway | None = None) -> App:
    """The application as an ASGI callable. Raises ConfigurationError when the environment is incomplete."""
    settings = settings or load_settings()
    configure_logging(settings.app)
    return wrap(build(settings, payments=payments), settings)


def build(settings: Settings, *, payments: PaymentGateway | None = None) -> FastAPI:
    app = FastAPI(
        title="Coursify",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_make_lifespan(settings, payments),
        telemetry=TELEMETRY,
    )
    set_admission(app, Admission())
    add_routes(app, ROUTES)
    add_routes(app, PAGES)
    app.include_router(assets.router)
    app.include_router(identity.PUBLIC_PAGES)
    app.include_router(health.router)
    start.install(app, settings, version=VERSION)
    docs.install(app, settings.app)
    metrics.install(app, render_figures)
    security_txt.install(app, settings)
    exception_handlers.install(app, (*ROUTES, *PAGES))
    openapi.install(app, document_routes, version=VERSION, tags=TAGS)
    return app


def _make_lifespan(
    settings: Settings, payments: PaymentGateway | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        check_folders(settings.media)
        async with (
            reporting(settings, service="coursify-api"),
            open_resources(settings, payments=payments) as resources,
        ):
            set_context(app, make_context(resources))
            _freeze_garbage()
            async with (
                resources.listener.listening(),
                resources.shared_answers.following(),
                resources.counters.exchanging(),
                resources.views.flushing(),
                sampling(resources.database.pool_stats),
                reporting_slow_statements(resources.database.url, slow_ms=settings.watch.slow_statement_ms),
                watching_servers(resources.database, resources.redis, schema_head=find_head()),
            ):
                yield
        flush_logs()

    return lifespan


def allow_origins(app: App, origins: tuple[str, ...]) -> App:
    """Allow pages of these origins to call the API and to read its responses and headers."""
    local = "|".join(re.escape(origin.removesuffix("*")) for origin in origins if origin in ANY_PORT)
    return CORSMiddleware(
        app,
        allow_origins=[origin for origin in origins if origin not in ANY_PORT],
        allow_origin_regex=rf"(?:{local})\d{{1,5}}" if local else None,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[*REQUEST_HEADERS, *TUS_REQUEST_HEADERS],
        expose_headers=[*RESPONSE_HEADERS, *TUS_RESPONSE_HEADERS],
        max_age=600,
    )


def make_context(resources: Resources) -> RouteContext:
    trusted_proxies = read_networks(resources.settings.app.trusted_proxies)
    return RouteContext(
        resources=resources,
        authenticate=make_authenticate(resources),
        limit=make_limiter(resources.counters, RATES, trusted_proxies),
        count_failure=make_failure_counter(resources.counters, RATES, trusted_proxies),
        trusted_proxies=trusted_proxies,
        schema_head=find_head(),
    )


def wrap(app: FastAPI, settings: Settings) -> App:
    """Put the outer middleware around the application."""
    hosts = frozenset(settings.app.allowed_hosts) or {urlsplit(settings.app.public_url).hostname or ""}
    inner: App = app if settings.watch.otel_exporter_otlp_endpoint else DirectRoutes(app, ROUTES)
    cached = PublicCache(app, inner, ROUTES)
    reachable = allow_origins(cached, settings.app.cors_origins) if settings.app.cors_origins else cached
    outer = OuterMiddleware(
        reachable,
        hosts=frozenset(hosts),
        is_sandbox=settings.app.environment != "production",
        find_ready=cached.find_ready,
        ready_headers=((b"vary", b"Origin"),) if settings.app.cors_origins else (),
    )
    return HeadAsGet(outer, ROUTES)


def _freeze_garbage() -> None:
    """Exclude the objects made at start from garbage collection: the largest gain in tail latency that we measured."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
