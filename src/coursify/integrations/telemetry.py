"""Traces by OTLP and faults to Sentry: each is loaded only where its setting names where to send it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any

from coursify.core.environment import ConfigurationError
from coursify.core.faults import reporting_faults
from coursify.core.settings import Settings


@asynccontextmanager
async def reporting(settings: Settings, *, service: str) -> AsyncIterator[None]:
    """Report from this process until the block ends. Enter it after the fork, before connections are opened.

    Raises ConfigurationError when the extra is not installed.
    """
    watch, release = settings.watch, version("coursify")
    async with AsyncExitStack() as stack:
        if watch.otel_exporter_otlp_endpoint:
            traces = _load("traces", "telemetry", "OTEL_EXPORTER_OTLP_ENDPOINT")
            stop = traces.start_tracing(watch, service=service, version=release)
            stack.push_async_callback(asyncio.to_thread, stop)
        if watch.sentry_dsn:
            sentry = _load("sentry", "sentry", "SENTRY_DSN")
            client = sentry.SentryClient(
                watch.sentry_dsn.get_secret_value(), release=release, environment=settings.app.environment
            )
            stack.push_async_callback(asyncio.to_thread, client.close)
            stack.enter_context(reporting_faults(client.report))
        yield


def _load(name: str, extra: str, setting: str) -> Any:
    try:
        return import_module(f"coursify.integrations.{name}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{setting} is set, and {error.name} is not installed: run `pip install 'coursify[{extra}]'`, or unset it"
        ) from error
