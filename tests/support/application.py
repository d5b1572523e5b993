"""Access to the resources and settings of the application under test."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI

from coursify import app as application
from coursify.core.http.context import context_of, set_context
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
