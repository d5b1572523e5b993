"""OpenAPI 3.1: FastAPI's document, completed with the errors, policies and keys of every route."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from coursify.core.errors import (
    AppError,
    BodyIncomplete,
    BodyTooSlow,
    Forbidden,
    FormRequired,
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    Invalid,
    MalformedForm,
    MalformedJson,
    NoSpaceLeft,
    NotFound,
    RequestInProgress,
    SecondFactorMissing,
    StepUpRequired,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
)
from coursify.core.http.conditional import matches
from coursify.core.http.openapi_compact import compact
from coursify.core.http.openapi_failures import FAILURE
from coursify.core.http.openapi_headers import add_headers, header_components
from coursify.core.http.responses import example_of
from coursify.core.http.route import Route
from coursify.core.policy import Idempotency, Policy, Who

_SECONDS = 300
_DESCRIPTION = """A course-selling back end. Every response has the same envelope; money is an integer in the
smallest unit of its currency; times are UTC. Send `Authorization: Bearer <accessToken>`, and an `Idempotency-Key` with
a POST that must not run twice."""
_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def install(
    app: FastAPI, document_routes: Callable[[], Sequence[Route]], *, version: str, tags: Mapping[str, str]
) -> None:
    """Serve the document at /openapi.json; it is built at the first request for it, and kept as bytes alone."""

    def build() -> dict[str, Any]:
        routes = document_routes()
        document = get_openapi(
            title="Coursify",
            version=version,
            openapi_version="3.1.0",
            description=_DESCRIPTION,
            contact={"name": "Coursify"},
            tags=[{"name": name, "description": description} for name, description in tags.items()],
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            routes=routes,
            servers=[{"url": "/"}],
        )
        return compact(_complete(document, {route.id: route.policy for route in routes}))

    app.openapi = build  # type: ignore[method-assign]  # FastAPI's documented way to extend the document

    _serve(app)


def _serve(app: FastAPI) -> None:
    """The document at /openapi.json, compressed where the client takes that."""

    @cache
    def encoded() -> tuple[bytes, bytes, str]:
        """The document, the same compressed, and its digest."""
        document = orjson.dumps(app.openapi())
        return document, gzip.compress(document, 9, mtime=0), hashlib.sha256(document).hexdigest()[:32]

    async def show(request: Request) -> Response:
        document, compressed, digest = await asyncio.to_thread(encoded)
        is_compressed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{digest}{"-gzip" if is_compressed else ""}"'
        headers = {"ETag": tag, "Cache-Control": f"public, max-age={_SECONDS}", "Vary": "Accept-Encoding"}
        if matches(tag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if is_compressed:
            headers["Content-Encoding"] = "gzip"
        return Response(compressed if is_compressed else document, media_type="application/json", headers=headers)

    app.add_api_route("/openapi.json", show, include_in_schema=False)


def _complete(document: dict[str, Any], policies: Mapping[str, Policy]) -> dict[str, Any]:
    document["components"].setdefault("securitySchemes", {})["bearer"] = _BEARER
    document["components"]["headers"] = header_components()
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            _complete_operation(path, method, described, policies[described["operationId"]])
    return document


def _complete_operation(path: str, method: str, described: dict[str, Any], policy: Policy) -> None:
    described["x-who"] = policy.who.value
    if policy.rule:
        described["x-rule"] = policy.rule
    if policy.ignores_credential:
        described["security"] = []
    elif policy.who is Who.ANYONE:
        described["security"] = [{}, {"bearer": []}]
    else:
        described["security"] = [{"bearer": []}]
    if policy.idempotency is not Idempotency.NONE:
        described.setdefault("parameters", []).append(_idempotency_parameter(policy))
    described["responses"].pop("422", None) if _is_derived(described) else None
    _show_null_data(described["responses"])
    for error in _door_errors(path, method, described, policy):
        _add_failure(described["responses"], error)
    add_headers(method, described, policy)


def _show_null_data(responses: dict[str, Any]) -> None:
    """FastAPI removes nulls, also from examples: add the `data: null` of failures again."""
    for answer in responses.values():
        for example in answer.get("content", {}).get("application/json", {}).get("examples", {}).values():
            if example["value"].get("success") is False:
                example["value"]["data"] = None


def _is_derived(described: dict[str, Any]) -> bool:
    content = described["responses"].get("422", {}).get("content", {}).get("application/json", {})
    return bool("HTTPValidationError" in str(content.get("schema", "")))


def _door_errors(path: str, method: str, described: dict[str, Any], policy: Policy) -> list[type[AppError]]:
    errors: list[type[AppError]] = [Unauthorized, TooManyRequests, TooLarge, AppError, Unavailable]
    if policy.who not in {Who.ANYONE, Who.SIGNED_IN}:
        errors.append(Forbidden)
    if policy.who is Who.ADMIN:
        errors.append(SecondFactorMissing)
    if policy.step_up:
        errors.append(StepUpRequired)
    if "{" in path:
        errors.append(NotFound)
    if "multipart/form-data" in described.get("requestBody", {}).get("content", {}):
        errors += [MalformedForm, BodyIncomplete, BodyTooSlow, FormRequired, NoSpaceLeft, Invalid]
    elif method in {"post", "put"}:
        errors += [MalformedJson, BodyIncomplete, BodyTooSlow, UnsupportedMedia, Invalid]
    elif described.get("parameters"):
        errors.append(Invalid)
    if policy.idempotency is not Idempotency.NONE:
        errors += [IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress]
    if policy.idempotency is Idempotency.REQUIRED:
        errors.append(IdempotencyKeyRequired)
    return errors


def _add_failure(responses: dict[str, Any], error: type[AppError]) -> None:
    entry = responses.setdefault(str(error.status), {"description": ""})
    content = entry.setdefault("content", {}).setdefault("application/json", {"examples": {}})
    content["schema"] = FAILURE
    if error.code not in content.setdefault("examples", {}):
        content["examples"][error.code] = {"value": example_of(error)}
        entry["description"] = " · ".join(filter(None, [entry["description"], f"`{error.code}`"]))


def _idempotency_parameter(policy: Policy) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": policy.idempotency is Idempotency.REQUIRED,
        "description": "The same key within 24 hours gives the first answer again, byte for byte.",
        "schema": {"type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[\\x20-\\x7e]+$"},
        "example": "b3f1c1d2-1f5e-4b57-9a63-0a8f2c9f7e11",
    }
