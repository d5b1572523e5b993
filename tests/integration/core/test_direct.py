"""The short way to an operation answers exactly as the framework does (core/http/direct.py)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Json, Person

from coursify.core.http.direct import DirectRoutes
from coursify.routes import ROUTES

pytestmark = pytest.mark.anyio

UNKNOWN = "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"
JSON = {"content-type": "application/json"}
# What a request is, whose answer may not depend on the way: `{course}` is one that exists.
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a list": ("GET", "/courses", {}),
    "a filter": ("GET", "/courses?level=beginner&level=advanced", {}),
    "an unknown filter": ("GET", "/courses?colour=red", {}),
    "an object": ("GET", "/courses/{course}", {}),
    "a fixed path beside one with a parameter": ("GET", "/courses/mine", {}),
    "no such object": ("GET", f"/courses/{UNKNOWN}", {}),
    "no id": ("GET", "/courses/not-an-id", {}),
    "a slash at the end": ("GET", "/courses/{course}/", {}),
    "two slashes": ("GET", "/courses//lessons", {}),
    "an escaped slash": ("GET", "/courses%2Fmine", {}),
    "no such path": ("GET", "/nothing", {}),
    "no such method": ("DELETE", "/courses", {}),
    "the options of a path": ("OPTIONS", "/courses", {}),
    "a write without a body": ("POST", "/courses", {}),
    "broken JSON": ("POST", "/courses", {"content": b"{", "headers": JSON}),
    "JSON that is no object": ("POST", "/courses", {"content": b"[]", "headers": JSON}),
    "an invalid field": ("POST", "/courses", {"json": {"title": ""}}),
    "another type of body": ("POST", "/courses", {"content": b"title=x", "headers": {"content-type": "text/plain"}}),
    "a form with a file": ("POST", "/courses/{course}/image", {"files": {"file": ("a.png", b"no picture")}}),
    "a form without its file": ("POST", "/courses/{course}/image", {"data": {"other": "x"}}),
    "a stream": ("GET", "/../../media/images/courses/none.webp", {}),
    "a wrong signature": ("POST", "/payments/webhook", {"content": b"{}", "headers": {"stripe-signature": "t=1"}}),
    "health": ("GET", "/../../health/live", {}),
}


@pytest.mark.parametrize("who", ["teacher", "nobody"])
@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS)
async def test_both_ways_answer_alike(
    app: FastAPI, course: Json, teacher: Person, who: str, request_of: tuple[str, str, dict[str, Any]]
) -> None:
    method, path, options = request_of
    own = {"authorization": f"Bearer {teacher.token}"} if who == "teacher" else {}
    answers = []
    for way in (app, DirectRoutes(app, ROUTES)):
        transport = httpx.ASGITransport(app=way)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            headers = options.get("headers", {}) | own
            address = (PREFIX + path).format(course=course["id"])
            answers.append(await client.request(method, address, **{**options, "headers": headers}))
    usual, direct = answers
    assert (direct.status_code, direct.content) == (usual.status_code, usual.content)
    assert direct.headers == usual.headers
