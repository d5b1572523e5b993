"""Records what a client sends and reads as names and types of fields, and finds what would break that client."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]
# The types that each field has had, by its path: `data[].price` is a number or null.
Shape = dict[str, list[str]]
KINDS = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    type(None): "null",
    list: "array",
    dict: "object",
}


def shape_of(value: Any, path: str = "", shape: dict[str, set[str]] | None = None) -> dict[str, set[str]]:
    shape = {} if shape is None else shape
    shape.setdefault(path, set()).add(KINDS[type(value)])
    if isinstance(value, dict):
        for name, part in value.items():
            shape_of(part, f"{path}.{name}", shape)
    elif isinstance(value, list):
        for part in value:
            shape_of(part, f"{path}[]", shape)
    return shape


def _open_transport() -> httpx.HTTPTransport:
    """It keeps no connection, because none of the clients that share it may close it."""
    return httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))


@dataclass
class Recorder(httpx.BaseTransport):
    """Passes requests on; `exchanges` has the shapes by operation, status and direction."""

    document: Json
    inner: httpx.BaseTransport = field(default_factory=_open_transport)
    exchanges: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        name = operation_of(self.document, request.method, request.url.path)
        self._keep(f"{name} request", request.headers.get("content-type", ""), request.read())
        self._keep(f"{name} {response.status_code}", response.headers.get("content-type", ""), response.content)
        return response

    def _keep(self, name: str, media_type: str, body: bytes) -> None:
        if media_type.startswith("application/json") and body:
            shape_of(json.loads(body), "", self.exchanges.setdefault(name, {}))

    def recorded(self) -> dict[str, Shape]:
        return {
            name: {path: sorted(kinds) for path, kinds in sorted(shape.items())}
            for name, shape in sorted(self.exchanges.items())
        }

    def close(self) -> None:
        """The clients of one tour share this transport."""


def operation_of(document: Json, method: str, path: str) -> str:
    """The id of the operation; an address without parameters wins."""
    for template, methods in sorted(document["paths"].items(), key=lambda item: item[0].count("{")):
        if method.lower() in methods and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            return str(methods[method.lower()]["operationId"])
    return f"{method} {path}"


def find_breaks(before: dict[str, Shape], now: dict[str, Shape]) -> list[str]:
    """What a client of then would miss now: an exchange or a field that is gone, a type that has changed.

    The items of a list that is empty now, and the fields of an object that is null now, cannot be compared.
    """
    breaks = []
    for name, shape in before.items():
        if name not in now:
            breaks.append(f"{name}: gone")
            continue
        for path, kinds in shape.items():
            parent = re.sub(r"(\[\]|\.[^.\[\]]*)$", "", path)
            if path not in now[name]:
                is_unseen = path.endswith("[]") or parent not in now[name] or "object" not in now[name][parent]
                breaks += [] if is_unseen else [f"{name}: {path} is gone"]
            elif changed := set(now[name][path]) - set(kinds) - {"null"}:
                breaks += [] if set(kinds) == {"null"} else [f"{name}: {path} was {kinds}, and is {sorted(changed)}"]
    return breaks
