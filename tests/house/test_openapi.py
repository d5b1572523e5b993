"""openapi.json is what the application serves, and says of every operation what a client needs."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from tests.house.checked_in import assert_checked_in

from coursify.core.policy import Who
from coursify.core.schema import Failure
from coursify.routes import ROUTES

Json = dict[str, Any]
POLICIES = {route.id: route.policy for route in ROUTES}


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
            assert content or status == "204" or name.startswith("HEAD"), f"{name} {status}"
            assert "application/json" not in content or content["application/json"].get("schema"), f"{name} {status}"


def test_every_failure_names_its_codes_and_shows_them(document: Json) -> None:
    for name, operation in operations(document):
        responses = {status: resolve(document, answer) for status, answer in operation["responses"].items()}
        failures = {status: answer for status, answer in responses.items() if status[0] in "45"}
        assert {"401", "429", "500", "503"} <= failures.keys(), name
        for status, answer in failures.items():
            content = answer["content"]["application/json"]
            base, error = content["schema"]["allOf"]
            assert base == {"$ref": "#/components/schemas/Failure"}, f"{name} {status}"
            codes = error["properties"]["error"]["allOf"][1]["properties"]["code"]["enum"]
            assert codes == sorted(content["examples"]), f"{name} {status}"
            for code, shown in content["examples"].items():
                example = resolve(document, shown)
                assert f"`{code}`" in answer["description"], f"{name} {status} {code}"
                assert example["value"]["error"]["code"] == code
                assert_failure(f"{name} {status} {code}", example["value"])


def resolve(document: Json, part: Json) -> Json:
    """The part, or what its `$ref` points at."""
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return cast("Json", found)


def assert_failure(name: str, example: Json) -> None:
    try:
        Failure.model_validate(example)
    except ValidationError as error:
        pytest.fail(f"{name}: the example is not of the one error shape: {error}")


def test_every_operation_says_who_may_call_it(document: Json) -> None:
    for name, operation in operations(document):
        policy = POLICIES[operation["operationId"]]
        bearer: Json = {"bearer": []}
        optional = [{}, bearer] if policy.who is Who.ANYONE else [bearer]
        assert operation["security"] == ([] if policy.ignores_credential else optional), name
        assert operation["x-who"] == policy.who.value, name
    assert document["components"]["securitySchemes"]["bearer"]["type"] == "http"


def test_every_route_is_in_the_document(document: Json) -> None:
    """Except a HEAD that only leaves the body of a documented GET out."""
    documented = {operation["operationId"] for _name, operation in operations(document)}
    hidden = {route.id: route for route in ROUTES if route.id not in documented}
    for name, route in hidden.items():
        assert route.method == "HEAD", name
        assert name.replace("head_", "get_", 1) in documented, name


def test_everything_on_the_wire_is_camel_case(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert "_" not in field, f"{name}.{field}"


def test_names_read_well_in_a_generated_client(document: Json) -> None:
    for name in (*document["components"]["schemas"], *document["components"]["responses"]):
        assert re.fullmatch(r"([A-Z][a-z]+)+", name), name


def test_every_tag_is_described_and_used(document: Json) -> None:
    used = {tag for _name, operation in operations(document) for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"]}


def test_bodies_have_no_defaults_and_limits_have_their_names_in_json_schema(document: Json) -> None:
    for path, schema in schemas_of(document):
        is_body = "parameters" not in path
        assert not (is_body and "default" in schema), path
        assert schema.keys() <= KEYWORDS, path


def test_a_nullable_type_is_a_list(document: Json) -> None:
    for path, schema in schemas_of(document):
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) < len(schema.get("anyOf", ())):
            assert any("$ref" in kind for kind in kinds), path


def test_query_parameters_are_absent_not_null(document: Json) -> None:
    for path, schema in schemas_of(document):
        if "parameters" in path:
            assert "null" not in json.dumps(schema), path


def test_what_several_operations_answer_is_written_once(document: Json) -> None:
    failures = [
        json.dumps(answer)
        for _name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status[0] in "45" and "$ref" not in answer
    ]
    assert len(failures) == len(set(failures))


def test_times_have_the_format_of_a_time(document: Json) -> None:
    for path, schema in schemas_of(document):
        if path.endswith("At") and "integer" not in schema.get("type", ()):
            assert schema.get("format") == "date-time", path


def test_every_response_names_its_headers(document: Json) -> None:
    described = document["components"]["headers"]
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            headers = set(resolve(document, answer)["headers"])
            assert "X-Request-Id" in headers, f"{name} {status}"
            assert headers <= described.keys()
            assert status not in {"429", "503"} or "Retry-After" in headers, f"{name} {status}"
            assert status[0] != "2" or "RateLimit" in headers, f"{name} {status}"
    bought = document["paths"]["/api/v1/payments"]["post"]["responses"]
    assert "Idempotent-Replayed" in bought["201"]["headers"]
    assert "Retry-After" in resolve(document, bought["409"])["headers"]
    found = document["paths"]["/api/v1/courses/{course_id}"]["get"]["responses"]
    assert {"ETag" in found[status]["headers"] for status in ("200", "304")} == {True}


def test_a_body_that_is_either_of_two_things_is_one_of_them(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name, forms in {
        "CheckoutIn": ["CheckoutOfCourse", "CheckoutOfCourses"],
        "ProgressIn": ["ProgressOfLesson", "ProgressOfLessons"],
    }.items():
        assert schemas[name]["oneOf"] == [{"$ref": f"#/components/schemas/{form}"} for form in forms]
        for form in forms:
            assert schemas[form]["required"], form
            assert schemas[form]["additionalProperties"] is False


def test_no_field_has_a_type_that_is_only_null(document: Json) -> None:
    for path, schema in schemas_of(document):
        assert schema.get("type") != "null" or "/anyOf/" in path, path


def test_the_document_is_small(document: Json) -> None:
    """At most 60 kB compressed, 5 kB for each operation."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    assert len(gzip.compress(text, 6)) <= 60_000
    assert len(text) <= 5_000 * sum(1 for _ in operations(document))
    for name, operation in operations(document):
        assert len(json.dumps(operation, separators=(",", ":"))) <= 5_000, name


# The keywords that the schemas use: those of JSON Schema, and no others.
KEYWORDS = {
    "contentMediaType",
    *("$ref", "type", "format", "enum", "const", "pattern", "description", "default", "examples"),
    *("minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "minItems", "maxItems"),
    *("properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "allOf"),
}


def schemas_of(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema with its path, also those inside of others."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, list):
            waiting += [(f"{path}/{number}", item) for number, item in enumerate(part)]
        elif isinstance(part, dict) and not path.endswith("/examples"):
            waiting += [(f"{path}/{name}", item) for name, item in part.items()]
            if re.search(r"/(schema|items|additionalProperties|anyOf/\d+|schemas/\w+|properties/\w+)$", path):
                yield path, part
