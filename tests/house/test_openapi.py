"""openapi.json is what the application serves, and says of every operation what a client needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from tests.house.checked_in import assert_checked_in

from coursify.core.operations import Who
from coursify.core.schema import Failure
from coursify.operations import OPERATIONS

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Json:
    return app.openapi()


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_the_checked_in_document_is_the_served_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    assert_checked_in("openapi.json", json.dumps(answer.json(), indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def test_every_operation_is_described(document: Json) -> None:
    assert document["openapi"].startswith("3.1")
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation.get("description"), f"{name}: the controller has no docstring"
        assert operation["tags"], name


def test_every_success_has_a_schema(document: Json) -> None:
    for name, operation in operations(document):
        successes = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        assert successes, name
        for status, answer in successes.items():
            content = answer.get("content", {})
            assert content, f"{name} {status}"
            assert "application/json" not in content or content["application/json"].get("schema"), f"{name} {status}"


def test_every_failure_names_its_codes_and_shows_them(document: Json) -> None:
    for name, operation in operations(document):
        failures = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        assert {"401", "429", "500", "503"} <= failures.keys(), name
        for status, answer in failures.items():
            content = answer["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Failure"}, f"{name} {status}"
            for code, example in content["examples"].items():
                assert f"`{code}`" in answer["description"], f"{name} {status} {code}"
                assert example["value"]["error"]["code"] == code
                assert_failure(f"{name} {status} {code}", example["value"])


def assert_failure(name: str, example: Json) -> None:
    try:
        Failure.model_validate(example)
    except ValidationError as error:
        pytest.fail(f"{name}: the example is not of the one error shape: {error}")


def test_every_operation_says_who_may_call_it(document: Json) -> None:
    for name, operation in operations(document):
        line = OPERATIONS[operation["operationId"]]
        wants_credential: Json = {"bearer": []}
        assert wants_credential in operation["security"], name
        assert ({} in operation["security"]) == (line.who is Who.ANYONE), name
        assert operation["x-who"] == line.who.value, name
    assert document["components"]["securitySchemes"]["bearer"]["type"] == "http"


def test_every_operation_of_the_policy_table_is_in_the_document(document: Json) -> None:
    hidden = OPERATIONS.keys() - {operation["operationId"] for _name, operation in operations(document)}
    assert not hidden


def test_everything_on_the_wire_is_camel_case(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert "_" not in field, f"{name}.{field}"
