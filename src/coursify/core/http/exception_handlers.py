"""Renders the exceptions of the framework and of validation in the one error shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from coursify.core.errors import (
    AppError,
    BadRequest,
    Details,
    Invalid,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from coursify.core.http.responses import failure
from coursify.core.http.route import Route
from coursify.core.logging import log

QUOTE = "'"
_BY_STATUS: dict[int, type[AppError]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMedia,
}


def install(app: FastAPI, routes: Sequence[Route]) -> None:
    """The Allow header of a 405 is made from `routes`."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)

    async def on_http(request: Request, error: Exception) -> Response:
        return _render_http(request, error, routes)

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, _on_unexpected)


async def render(request: Request, error: Exception) -> Response:
    """What the application answers to the error, by its handler. Raises it when there is none."""
    handlers = request.app.exception_handlers
    for kind in type(error).__mro__:
        if kind in handlers:
            response: Response = await handlers[kind](request, error)
            return response
    raise error


async def _on_app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    if isinstance(error, Unavailable) and error.reason:
        log.error("unavailable", code=error.code, reason=error.reason)
    return _render(request, error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return _render(request, error_of(error))


def error_of(error: RequestValidationError) -> AppError:
    """A malformed id is 404, invalid JSON is 400, everything else is 422 with every field."""
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return MalformedJson()
    if any(problem["loc"][0] == "path" for problem in problems):
        return NotFound()
    return Invalid(details=field_details(problems))


def _render_http(request: Request, error: Exception, routes: Sequence[Route]) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == MethodNotAllowed.status:
        return _render(request, MethodNotAllowed(headers={"Allow": _allowed(request.url.path, routes)}))
    kind = _BY_STATUS.get(error.status_code, BadRequest if error.status_code < 500 else AppError)
    return _render(request, kind(headers=dict(error.headers or {})))


def _allowed(path: str, routes: Sequence[Route]) -> str:
    """The methods of all routes at this path; the router names those of the first route only."""
    methods = {route.method for route in routes if route.path_regex.match(path)} or {"GET"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def _on_unexpected(request: Request, _error: Exception) -> Response:
    """The framework raises the error again after this response; the middleware logs it."""
    return _render(request, AppError())


def _render(request: Request, error: AppError) -> Response:
    """As the operation renders its errors; JSON where there is none."""
    route = request.scope.get("route")
    if isinstance(route, Route):
        return route.render_failure(request, error)
    return failure(error)


def field_details(problems: Any) -> Details:
    """One entry for each field, `items.0.lessonId` and a sentence; never the value that was sent."""
    return [
        {
            "field": ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0]),
            "message": _sentence(problem),
        }
        for problem in problems[:50]
    ]


def _sentence(problem: Any) -> str:
    """A sentence for people in place of the technical messages of the validator."""
    context = problem.get("ctx", {})
    unit = "items" if context.get("field_type") in {"List", "Tuple", "Set"} else "characters"
    match problem["type"]:
        case "missing":
            sentence = "is required"
        case "extra_forbidden":
            sentence = f"is not a known {'filter or parameter' if problem['loc'][0] == 'query' else 'field'}"
        case "literal_error":
            sentence = f"must be {context['expected'].replace(QUOTE, '')}"
        case "model_attributes_type" | "dict_type" | "model_type":
            sentence = "must be a JSON object"
        case "too_short" | "string_too_short":
            sentence = f"must have at least {context['min_length']} {unit}"
        case "too_long" | "string_too_long":
            sentence = f"must have at most {context['max_length']} {unit}"
        case _:
            sentence = str(problem["msg"]).removeprefix("Value error, ")
    return sentence
