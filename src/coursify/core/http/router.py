"""Declares operations: method, path, operation id, controller and policy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

from fastapi import FastAPI, Response

from coursify.core.http.route import Route
from coursify.core.http.stream_route import StreamRoute
from coursify.core.policy import Policy

PREFIX = "/api/v1"

Controller = TypeVar("Controller", bound=Callable[..., Awaitable[Response]])


class Operation(TypedDict):
    """`operation_id` names the operation in OpenAPI, in the audit log and for idempotency keys.

    `is_cached`: the cache in front of the router keeps what it answers to everyone (core/http/public_cache.py).
    """

    operation_id: str
    policy: Policy
    response_model: Any
    response_class: NotRequired[type[Response]]
    status_code: NotRequired[int]
    responses: NotRequired[dict[int | str, dict[str, Any]]]
    openapi_extra: NotRequired[dict[str, Any]]
    include_in_schema: NotRequired[bool]
    is_cached: NotRequired[bool]


class Router:
    """The operations of one resource; `tag` groups them in the documentation."""

    route_class: type[Route] = Route

    def __init__(self, *, tag: str, prefix: str = PREFIX) -> None:
        self._tag = tag
        self._prefix = prefix
        self.routes: list[Route] = []
        self._documented: list[Callable[[], Route]] = []

    def document(self) -> list[Route]:
        """The same operations with the models of their responses: slow to build, and no request needs them."""
        return [make() for make in self._documented]

    def get(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("GET", path, operation)

    def post(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("POST", path, operation)

    def put(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("PUT", path, operation)

    def delete(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("DELETE", path, operation)

    def _declare(self, method: str, path: str, operation: Operation) -> Callable[[Controller], Controller]:
        def declare(controller: Controller) -> Controller:
            make = partial(self.route_class, self._prefix + path, controller, method=method, tag=self._tag)
            self.routes.append(make(**_without_models(operation)))
            self._documented.append(partial(make, **operation))
            return controller

        return declare


class StreamRouter(Router):
    """Operations that receive or send bytes as they come: uploads, byte ranges, keys."""

    route_class = StreamRoute

    def patch(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("PATCH", path, operation)

    def head(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("HEAD", path, operation)

    def get_and_head(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        """Both by one controller; the server leaves the body of a HEAD out. OpenAPI has the GET alone."""

        def declare(controller: Controller) -> Controller:
            self.get(path, **operation)(controller)
            head = operation.copy()
            head["operation_id"] = operation["operation_id"].replace("get_", "head_", 1)
            head["include_in_schema"] = False
            return self.head(path, **head)(controller)

        return declare

    def options(self, path: str, **operation: Unpack[Operation]) -> Callable[[Controller], Controller]:
        return self._declare("OPTIONS", path, operation)


def _without_models(operation: Operation) -> Operation:
    served = operation.copy()
    served["response_model"] = None
    served.pop("responses", None)
    return served


def add_routes(app: FastAPI, routes: Iterable[Route]) -> None:
    app.router.routes.extend(routes)
