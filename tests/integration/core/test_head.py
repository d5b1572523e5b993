"""HEAD answers wherever GET does: the same status and headers, and no body."""

from __future__ import annotations

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom

pytestmark = pytest.mark.anyio

PUBLIC = [
    "/",
    "/docs",
    "/docs/assets/start.js",
    "/docs/assets/swagger-ui.css",
    "/openapi.json",
    "/health/live",
    "/health/ready",
    "/nowhere",
    PREFIX + "/courses",
    PREFIX + "/courses?sort=sideways",
    PREFIX + "/courses/no-such-course",
    PREFIX + "/categories",
    PREFIX + "/reviews",
    PREFIX + "/payments/config",
    PREFIX + "/credentials/issuer",
    PREFIX + "/users/me",
    PREFIX + "/payments/webhook",
    "/account/sign-in",
]
CHANGING = {"x-request-id", "date", "ratelimit", "set-cookie"}


def headers_of(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in CHANGING}


@pytest.mark.parametrize("path", PUBLIC)
async def test_head_is_get_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    head, got = await client.head(path), await client.get(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    if "requestId" not in got.text and "csrf" not in got.text:
        assert headers_of(head) == headers_of(got)


async def test_head_is_for_signed_in_people_too(classroom: Classroom) -> None:
    student = await classroom.person("student")
    for path in ("/users/me", "/enrollments", "/payments", "/notifications"):
        answer = await student.call("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Cache-Control"] == "no-store"


async def test_public_reads_have_a_tag_that_saves_the_body(client: httpx.AsyncClient) -> None:
    for path in ("/", *(PREFIX + path for path in ("/courses", "/categories", "/reviews", "/credentials/issuer"))):
        tag = (await client.get(path)).headers["ETag"]
        assert not tag.startswith("W/")
        for method in ("GET", "HEAD"):
            again = await client.request(method, path, headers={"If-None-Match": f'"other", W/{tag}'})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), path
