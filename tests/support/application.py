"""Access to the resources and settings of the application under test."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from coursify import app as application
from coursify.core.http.context import context_of, set_context
from coursify.core.settings import Settings
from coursify.resources import Resources


def resources_of(app: FastAPI) -> Resources:
    resources = context_of(app).resources
    assert isinstance(resources, Resources)
    return resources


@contextmanager
def changed_settings(app: FastAPI, **changes: Any) -> Iterator[None]:
    """The application with other AppSettings, until the block ends."""
    usual, resources = context_of(app), resources_of(app)
    settings = dataclasses.replace(resources.settings, app=resources.settings.app.model_copy(update=changes))
    set_context(app, application.make_context(dataclasses.replace(resources, settings=settings)))
    try:
        yield
    finally:
        set_context(app, usual)


@asynccontextmanager
async def client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of another application, built with these settings, through its outermost layer."""
    built = application.build(settings)
    async with built.router.lifespan_context(built), client_to(built, settings) as opened:
        yield opened


@asynccontextmanager
async def client_with(app: FastAPI, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same application, which has other AppSettings until the block ends."""
    with changed_settings(app, **changes):
        async with client_to(app, resources_of(app).settings) as opened:
            yield opened


@asynccontextmanager
async def client_to(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application.wrap(app, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened
