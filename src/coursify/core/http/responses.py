"""Responses: the success envelope and the one error shape, each encoded once."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from fastapi import Response
from pydantic import BaseModel

from coursify.core.errors import AppError
from coursify.core.schema import Failure, Meta


def reply(
    data: BaseModel | list[Any] | dict[str, Any] | None,
    message: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    meta: Meta | None = None,
) -> Response:
    """The success envelope, encoded once."""
    content: dict[str, Any] = {"success": True, "data": _fragment(data), "message": message}
    if meta is not None:
        content["meta"] = _fragment(meta)
    return json_response(orjson.dumps(content), status=status, headers=headers)


def _fragment(data: Any) -> Any:
    if isinstance(data, BaseModel):
        return orjson.Fragment(data.model_dump_json(by_alias=True))
    if isinstance(data, list):
        return [_fragment(item) for item in data]
    return data


def json_response(body: bytes, *, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def render_failure(error: AppError) -> bytes:
    """The error shape as JSON."""
    return orjson.dumps(
        {
            "success": False,
            "data": None,
            "message": error.sentence,
            "error": {
                "code": error.code,
                "details": error.details,
                "requestId": structlog.contextvars.get_contextvars().get("request_id", ""),
                **error.extra,
            },
        }
    )


def failure(error: AppError) -> Response:
    """The error as a response."""
    return json_response(render_failure(error), status=error.status, headers=error.headers)


def failures(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's `responses` for the errors an operation may raise, by status, each with its codes as examples."""
    documented: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = documented.setdefault(
            error.status,
            {"model": Failure, "description": "", "content": {"application/json": {"examples": {}}}},
        )
        entry["description"] = " · ".join(filter(None, [entry["description"], f"`{error.code}`"]))
        entry["content"]["application/json"]["examples"][error.code] = {"value": example_of(error)}
    return documented


def streamed(media_type: str, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's `responses` for an operation that answers bytes: with 200, unless other statuses are given."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {status: {"description": "The bytes.", "content": content} for status in statuses or (200,)}


def example_of(error: type[AppError]) -> dict[str, Any]:
    return {
        "success": False,
        "data": None,
        "message": error.message,
        "error": {"code": error.code, "details": [], "requestId": "0199b2f0c1de7a3c8a5e3d9f4b1c2a70"},
    }


def csv_response(body: bytes, *, name: str) -> Response:
    """A table to download; browsers never show it as a page."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept, Authorization"}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
