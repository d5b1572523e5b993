"""HTTP: routes, the transaction of a request, responses. Only this part of core imports the web framework."""

from __future__ import annotations

from coursify.core.http.context import RouteContext, resources_of
from coursify.core.http.dependencies import (
    ClientAddress,
    Configuration,
    Db,
    MaybeSignedIn,
    Now,
    PageCursors,
    RequestTransaction,
    Seal,
    SignedIn,
    WithDatabase,
    caller_of,
)
from coursify.core.http.responses import failures, json_response, reply, streamed
from coursify.core.http.route import Route
from coursify.core.http.router import Router, StreamRouter

__all__ = [
    "ClientAddress",
    "Configuration",
    "Db",
    "MaybeSignedIn",
    "Now",
    "PageCursors",
    "RequestTransaction",
    "Route",
    "RouteContext",
    "Router",
    "Seal",
    "SignedIn",
    "StreamRouter",
    "WithDatabase",
    "caller_of",
    "failures",
    "json_response",
    "reply",
    "resources_of",
    "streamed",
]
