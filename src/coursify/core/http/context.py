"""What every route gets from the application: the resources of the process, authentication, rate limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI, Request

from coursify.core.caller import Caller
from coursify.core.errors import AppError
from coursify.core.http.address import Network
from coursify.core.http.admission import Admission
from coursify.core.policy import Policy
from coursify.core.resources import CoreResources

Resources = TypeVar("Resources", bound=CoreResources)
Authenticate = Callable[[Request, Policy], Awaitable[Caller | None]]
Scope = MutableMapping[str, Any]
Limit = Callable[[Scope, Policy, Caller | None], None]
CountFailure = Callable[[Request, Policy, AppError], None]


@dataclass(frozen=True)
class RouteContext:
    """Built by `coursify.app` when the application starts."""

    resources: CoreResources
    authenticate: Authenticate
    limit: Limit
    count_failure: CountFailure
    trusted_proxies: tuple[Network, ...]
    # The newest revision of this version: the schema that it serves.
    schema_head: str


def set_context(app: FastAPI, context: RouteContext) -> None:
    app.state.context = context


def set_admission(app: FastAPI, admission: Admission) -> None:
    app.state.admission = admission


def admission_of(app: FastAPI) -> Admission:
    admission: Admission = app.state.admission
    return admission


def context_of(app: FastAPI) -> RouteContext:
    context: RouteContext = app.state.context
    return context


def resources_of(request: Request, kind: type[Resources]) -> Resources:
    """The resources of the process, as the class that the calling module knows."""
    resources = context_of(request.app).resources
    if not isinstance(resources, kind):
        raise TypeError(f"the application has no {kind.__name__}")
    return resources
