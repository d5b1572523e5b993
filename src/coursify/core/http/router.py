"""Declares operations: method, path, operation id, controller and policy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

from fastapi import FastAPI, Response

from coursify.core.http.route import Route
from coursify.core.policy import Policy

PREFIX = "/api/v1"

Controller = TypeVar("Controller", bound=Callable[..., Awaitable[Response]])


class Operation(TypedDict):
    """`operation_id` names the operation in OpenAPI, in the audit log and for idempotency keys."""

    operation_id: str
    policy: Policy
    response_model: Any
    status_code: NotRequired[int]
    responses: NotRequired[dict[int | str, dict[str, Any]]]


class Router:
    """The operations of one resource; `tag` groups them in the documentation."""

    def __init__(self, *, tag: str) -> None:
        self._tag = tag
        self.routes: list[Route] = []

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
            self.routes.append(Route(PREFIX + path, controller, method=method, tag=self._tag, **operation))
            return controller

        return declare


def add_routes(app: FastAPI, routes: Iterable[Route]) -> None:
    app.router.routes.extend(routes)
