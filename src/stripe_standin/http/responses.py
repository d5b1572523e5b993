"""Responses in Stripe's format: a JSON body, a request id, and CORS headers."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from stripe_standin.json_types import Json
from stripe_standin.version import API_VERSION

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, Idempotent-Replayed",
    "Access-Control-Max-Age": "300",
}
PREFLIGHT_HEADERS = CORS_HEADERS | {
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Idempotency-Key, Stripe-Version, "
    "Stripe-Account, Stripe-Context, X-Stripe-Client-User-Agent, X-Stripe-Client-Telemetry, X-Requested-With",
}


def json_response(status: int, body: bytes, request_id: str, **headers: str) -> Response:
    """A response of the API."""
    additional = {name.replace("_", "-"): value for name, value in headers.items()}
    fixed = {"Request-Id": request_id, "Stripe-Version": API_VERSION, "Cache-Control": "no-cache, no-store"}
    return Response(body, status, CORS_HEADERS | fixed | additional, "application/json")


def encode_json(body: Json) -> bytes:
    """Encode JSON as Stripe does, indented by two spaces."""
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def preflight_response() -> Response:
    """The response to a CORS preflight request."""
    return Response(b"", 200, PREFLIGHT_HEADERS)
