"""`GET /metrics` for Prometheus. The public proxy does not pass it on (deploy/nginx)."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from coursify.core.errors import NotFound, Unavailable
from coursify.core.http.context import context_of
from coursify.core.metrics import render_metrics
from coursify.core.pools import UNAVAILABLE
from coursify.core.resources import CoreResources

PATH = "/metrics"
_DATABASE_UP = b"""# HELP coursify_database_up Whether PostgreSQL answers.
# TYPE coursify_database_up gauge
coursify_database_up %d
"""
Render = Callable[[CoreResources], Awaitable[bytes]]


def install(app: FastAPI, render_figures: Render) -> None:
    """Serve the metrics of the processes, and the figures of the database while it answers."""

    async def get_metrics(request: Request) -> Response:
        resources = context_of(app).resources
        token = resources.settings.watch.metrics_token
        if not _is_allowed(request, token.get_secret_value() if token else None):
            raise NotFound
        try:
            figures, is_up = await render_figures(resources), 1
        except (Unavailable, *UNAVAILABLE):
            figures, is_up = b"", 0
        body = render_metrics() + figures + _DATABASE_UP % is_up
        return Response(body, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    app.add_api_route(PATH, get_metrics, include_in_schema=False)


def _is_allowed(request: Request, token: str | None) -> bool:
    """With METRICS_TOKEN the bearer of it; without, a process of this machine that speaks for nobody else."""
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if {"x-forwarded-for", "forwarded"} & set(request.headers):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
