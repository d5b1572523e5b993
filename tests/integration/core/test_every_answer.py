"""Every response has the envelope or the error shape."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom

pytestmark = pytest.mark.anyio


def assert_failure(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"success", "data", "message", "error"}
    assert (body["success"], body["data"], body["error"]["code"]) == (False, None, code)
    assert body["error"]["requestId"] == answer.headers["X-Request-Id"]
    assert isinstance(body["error"]["details"], list)


async def test_an_unknown_route_and_a_wrong_method_have_the_error_shape(client: httpx.AsyncClient) -> None:
    assert_failure(await client.get("/nowhere"), 404, "not_found")
    assert_failure(await client.get(PREFIX + "/courses/"), 404, "not_found")
    wrong = await client.patch(PREFIX + "/courses")
    assert_failure(wrong, 405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("body", [b"{", b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe{}", b'{"a": 1,}', b"[" * 100_000])
async def test_G01_a_body_that_is_not_json_is_a_400(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(PREFIX + "/users/login", content=body, headers={"Content-Type": "application/json"})
    assert_failure(answer, 400, "malformed_json")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
async def test_G01_a_body_of_another_type_is_a_415(client: httpx.AsyncClient, media_type: str) -> None:
    answer = await client.post(PREFIX + "/users/login", content=b"{}", headers={"Content-Type": media_type})
    assert_failure(answer, 415, "unsupported_media_type")


async def test_invalid_fields_are_named_without_their_values(client: httpx.AsyncClient) -> None:
    answer = await client.post(PREFIX + "/users/register", json={"email": "canary-value", "surprise": 1})
    assert_failure(answer, 422, "validation_failed")
    fields = {detail["field"] for detail in answer.json()["error"]["details"]}
    assert fields >= {"name", "email", "password", "surprise"}
    assert "canary-value" not in answer.text


async def test_a_malformed_id_is_a_404(classroom: Classroom) -> None:
    student = await classroom.person("student")
    for path in ("/payments/-1", "/enrollments/null", "/enrollments/%00", "/enrollments/" + "9" * 500):
        assert_failure(await student.get(path), 404, "not_found")


async def test_authentication_comes_before_the_body(client: httpx.AsyncClient) -> None:
    assert_failure(await client.post(PREFIX + "/payments", content=b"{"), 401, "unauthorized")


async def test_a_valid_request_id_is_kept_and_an_invalid_one_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/health/live", headers={"X-Request-Id": "trace-1234567"})
    assert kept.headers["X-Request-Id"] == "trace-1234567"
    replaced = await client.get("/health/live", headers={"X-Request-Id": "no good\x7f"})
    assert replaced.headers["X-Request-Id"] != "no good\x7f"


async def test_a_body_that_is_too_large_is_a_413(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    for content in (b"x" * 2_000_000, chunks()):
        answer = await client.post(
            PREFIX + "/users/login", content=content, headers={"Content-Type": "application/json"}
        )
        assert_failure(answer, 413, "body_too_large")


async def test_the_documentation_needs_no_network(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert (await client.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")
