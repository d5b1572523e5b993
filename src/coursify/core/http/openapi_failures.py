"""Failures in the OpenAPI document: the codes of each response as an enum, and each example once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]

# From how many characters on a response that only one operation has is written apart from it.
LONG = 700
FAILURE = {"$ref": "#/components/schemas/Failure"}
_BODY = {"$ref": "#/components/schemas/ErrorBody"}


def list_codes(operations: list[Json]) -> None:
    """Each failure allows its own codes alone, so that a client can handle all of them and no others."""
    for response in _failures(operations):
        for media in response["content"].values():
            if media.get("schema") == FAILURE and media.get("examples"):
                codes = {
                    "type": "object",
                    "properties": {"code": {"type": "string", "enum": sorted(media["examples"])}},
                }
                error = {"type": "object", "properties": {"error": {"allOf": [_BODY, codes]}}}
                media["schema"] = {"allOf": [FAILURE, error]}


def share_examples(operations: list[Json]) -> Json:
    """The example of a code, by that code; a code with several sentences keeps each where it is shown."""
    shown = [examples for response in _failures(operations) for examples in _examples_of(response)]
    values: dict[str, list[Json]] = {}
    for examples in shown:
        for code, example in examples.items():
            if example not in values.setdefault(code, []):
                values[code].append(example)
    shared = {code: examples[0] for code, examples in sorted(values.items()) if len(examples) == 1}
    for examples in shown:
        examples.update({code: {"$ref": f"#/components/examples/{code}"} for code in examples if code in shared})
    return shared


def share_failures(operations: list[Json]) -> Json:
    """The failures that several operations have, named by their codes, and long ones, by operation and status."""
    counted = Counter(json.dumps(response, sort_keys=True) for response in _failures(operations))
    shared: Json = {}
    for operation in operations:
        for status, response in operation["responses"].items():
            text = json.dumps(response, sort_keys=True)
            is_shared = counted[text] > 1
            if status[0] in "45" and (is_shared or len(text) > LONG):
                name = _name_of(response) if is_shared else _name_at(operation["operationId"], status)
                shared[name] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def _failures(operations: list[Json]) -> Iterator[Json]:
    for operation in operations:
        yield from (response for status, response in operation["responses"].items() if status[0] in "45")


def _examples_of(response: Json) -> Iterator[Json]:
    yield from (media["examples"] for media in response["content"].values() if "examples" in media)


def _name_at(operation_id: str, status: str) -> str:
    """`ActOnAttentionConflict`."""
    return f"{operation_id}_{HTTPStatus(int(status)).name}".title().replace("_", "")


def _name_of(response: Json) -> str:
    """`NotFoundOrReviewNotFound`."""
    codes = sorted({code for examples in _examples_of(response) for code in examples})
    return "Or".join(code.title().replace("_", "") for code in codes)
