"""Runs our operations without the framework's layers around them, which take a fifth of the time of a signed-in read.

An operation is declared once, and what it does itself is the same: it is found in a dictionary instead of one route
after the other, and its errors are rendered by the same handlers. What is no operation here, and everything while
traces are recorded (the framework makes their spans), goes to the framework (docs/decisions/0061).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from coursify.core.errors import AppError
from coursify.core.http.bodies import Receive
from coursify.core.http.exception_handlers import render
from coursify.core.http.middleware import Scope, Send
from coursify.core.http.route import Route

_EXPECTED = (AppError, RequestValidationError, HTTPException)
# Where the framework looks for what must be closed after the response: files of forms.
_STACKS = ("fastapi_middleware_astack", "fastapi_inner_astack", "fastapi_function_astack")


class DirectRoutes:
    """Wraps the application; `routes` are operations in their order."""

    def __init__(self, app: FastAPI, routes: Iterable[Route]) -> None:
        self._app = app
        self._fixed: dict[tuple[str, str], Route] = {}
        self._with_parameters: dict[tuple[str, int], list[Route]] = {}
        for route in routes:
            if route.param_convertors:
                self._with_parameters.setdefault((route.method, route.path.count("/")), []).append(route)
            else:
                self._fixed.setdefault((route.method, route.path), route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._find(scope) if scope["type"] == "http" and not scope.get("root_path") else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["app"], scope["router"] = self._app, self._app.router
        request = Request(scope, receive, send)
        async with AsyncExitStack() as stack:
            scope.update(dict.fromkeys(_STACKS, stack))
            try:
                response = await route.handler(request)
            except Exception as error:
                response = await render(request, error)
                if not isinstance(error, _EXPECTED):
                    # Answered here, inside the layer for other origins, and raised for the log.
                    await response(scope, receive, send)
                    raise
            await response(scope, receive, send)

    def _find(self, scope: Scope) -> Route | None:
        """The route, whose parameters are in the scope then."""
        method, path = scope["method"], scope["path"]
        fixed = self._fixed.get((method, path))
        for route in (fixed,) if fixed else self._with_parameters.get((method, path.count("/")), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None
