"""Response headers in the OpenAPI document: described once, named where a client reads them."""

from __future__ import annotations

from typing import Any

from coursify.core.policy import Idempotency, Policy, Who

Json = dict[str, Any]

_TEXT = {"type": "string"}
# By name: what it says, its schema, and an example.
_HEADERS: dict[str, tuple[str, Json, str | int]] = {
    "X-Request-Id": (
        "The id of this request in our logs; a valid one of yours is used.",
        _TEXT,
        "0199b2f0c1de7a3c8a5e3d9f4b1c2a70",
    ),
    "RateLimit": ("How many requests are left (`r`), and the seconds until all are (`t`).", _TEXT, '"read";r=599;t=60'),
    "RateLimit-Policy": ("How many requests (`q`) in how many seconds (`w`).", _TEXT, '"read";q=600;w=60'),
    "Retry-After": (
        "The seconds to wait before the same request is sent again.",
        {"type": "integer", "minimum": 1},
        1,
    ),
    "ETag": (
        'The state of the content, for `If-None-Match`; of what you may edit, `"v<version>"`, for `If-Match`.',
        _TEXT,
        '"v3"',
    ),
    "Idempotent-Replayed": (
        "There, and `true`, when this is the stored response to an earlier request with this key.",
        {"type": "string", "enum": ["true"]},
        "true",
    ),
    "WWW-Authenticate": (
        'How to authenticate; with `error="invalid_token"` the credential has expired or is wrong.',
        _TEXT,
        'Bearer error="invalid_token"',
    ),
}
# Codes other than those of 429 and 503 that say when to ask again.
_RETRIED = {"request_in_progress", "payment_in_progress"}


def header_components() -> Json:
    """`components.headers`; every response has an X-Request-Id."""
    return {
        name: {"description": text, "schema": schema, "example": example}
        | ({"required": True} if name == "X-Request-Id" else {})
        for name, (text, schema, example) in _HEADERS.items()
    }


def add_headers(method: str, described: Json, policy: Policy) -> None:
    """Names the headers of every response of the operation. What anyone may read may also be 304."""
    is_public_read = method == "get" and policy.who is Who.ANYONE
    if is_public_read:
        described["responses"].setdefault(
            "304", {"description": "Not modified: `If-None-Match` has the current `ETag`"}
        )
    has_tag = is_public_read or any(
        parameter["name"].lower() == "if-match" for parameter in described.get("parameters", ())
    )
    for status, response in described["responses"].items():
        names = ["X-Request-Id"]
        if status[0] == "2":
            names += ["RateLimit", "RateLimit-Policy"]
            names += ["Idempotent-Replayed"] if policy.idempotency is not Idempotency.NONE else []
        if has_tag and status in {"200", "201", "304"}:
            names.append("ETag")
        if status == "401":
            names.append("WWW-Authenticate")
        if status in {"429", "503"} or _RETRIED & _codes_of(response):
            names.append("Retry-After")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _codes_of(response: Json) -> set[str]:
    return set(response.get("content", {}).get("application/json", {}).get("examples", {}))
