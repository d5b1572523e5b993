"""Answers in Stripe's form: a JSON body, a request id, and headers that let browsers read them."""

import orjson
from starlette.responses import Response

from stripe_standin.version import API_VERSION
from stripe_standin.vocabulary import Json

OPEN_TO_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, Idempotent-Replayed",
    "Access-Control-Max-Age": "300",
}
PREFLIGHT = OPEN_TO_BROWSERS | {
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Idempotency-Key, Stripe-Version, "
    "Stripe-Account, Stripe-Context, X-Stripe-Client-User-Agent, X-Stripe-Client-Telemetry, X-Requested-With",
}


def json_answer(status: int, body: bytes, request_id: str, **headers: str) -> Response:
    """An answer of the API."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    fixed = {"Request-Id": request_id, "Stripe-Version": API_VERSION, "Cache-Control": "no-cache, no-store"}
    return Response(body, status, OPEN_TO_BROWSERS | fixed | more, "application/json")


def encode(body: Json) -> bytes:
    """JSON as Stripe writes it: indented by two."""
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def preflight() -> Response:
    """The answer to a browser that asks whether it may call."""
    return Response(b"", 200, PREFLIGHT)
