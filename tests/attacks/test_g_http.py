"""Group G, HTTP itself: shapes, sizes, headers, hosts, and that every answer has the one form."""

from __future__ import annotations

import gzip
import time
from typing import Any

import httpx
import pytest
from tests.support.people import API, PASSWORD, People

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
LOGIN = f"{API}/users/login"
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}


async def _post(client: httpx.AsyncClient, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    started = time.perf_counter()
    answer = await client.post(LOGIN, content=content, headers=JSON | (headers or {}))
    assert time.perf_counter() - started < 1
    if answer.status_code >= 400:
        assert answer.json().keys() == {"success", "data", "message", "error"}
        assert answer.json()["error"]["requestId"] == answer.headers["x-request-id"]
    return answer


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"email": "a@example.com",}',
        b'{"email": NaN}',
        b'{"email": Infinity}',
        b"\xef\xbb\xbf{}",
        '{"email": "a"}'.encode("utf-16"),
        b'{"email": "\xff"}',
        b'{"email": "\\ud800"}',
        b"{'email': 'a'}",
        b'{"email": "a@example.com", "email": "b@example.com", "password": 1}',
    ],
)
async def test_G01_a_body_that_is_not_the_json_we_ask_for_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    assert (await _post(client, content)).status_code in {400, 422}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/xml", ""],
)
async def test_G01_another_content_type_is_refused(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await _post(client, b'{"email": "a@example.com", "password": "x"}', {"Content-Type": content_type})
    assert answer.status_code in {400, 415, 422}


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"{" + b",".join(b'"k%d":1' % number for number in range(100_000)) + b"}",
        b'{"email": ' + b"9" * 5_000 + b"}",
        b'{"email": 1e400}',
        b'{"email": "' + b"a" * 2_000_000 + b'"}',
    ],
)
async def test_G02_a_body_of_absurd_depth_width_or_length_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    assert (await _post(client, content)).status_code in {400, 413, 422}


async def test_G03_an_unknown_route_or_method_is_told_in_the_one_shape(client: httpx.AsyncClient) -> None:
    unknown = await client.get(f"{API}/nothing/here")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
    for method in ("TRACE", "CONNECT", "PATCH", "BREW"):
        answer = await client.request(method, LOGIN)
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
        assert "POST" in answer.headers["allow"].split(", ")


@pytest.mark.parametrize(
    "identifier",
    ["-1", "0", str(2**63), "null", "%00", "a" * 10_000, "٣٤٥", "undefined", "..%2f..%2fetc", "'--", "me%20"],
)
async def test_G04_an_id_that_is_none_is_not_there(people: People, identifier: str) -> None:
    admin = await people.sign_up("admin")
    for path in (
        f"/users/{identifier}",
        f"/courses/{identifier}",
        f"/payments/{identifier}",
        f"/enrollments/{identifier}",
    ):
        answer = await admin.call("GET", path)
        assert answer.status_code in {404, 422, 431}, (path[:40], answer.status_code)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://testserver.evil.example", "http://testserve"]
)
async def test_G07_a_foreign_origin_is_allowed_nothing(client: httpx.AsyncClient, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await client.request(
            method, f"{API}/courses", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
        )
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "", "testserver.evil.example", "testserver@evil.example", "a b"])
async def test_G08_another_host_is_not_served(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get(f"{API}/courses", headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "host_not_allowed")


async def test_G08_two_hosts_are_none(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/courses", headers=[("Host", "testserver"), ("Host", "testserver")])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", f"{API}/courses"),
        ("GET", f"{API}/users/me"),
        ("POST", LOGIN),
        ("GET", "/nothing"),
        ("DELETE", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/verify-email"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/health/live"),
    ],
)
async def test_G09_every_answer_carries_the_security_headers(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert int(answer.headers["strict-transport-security"].split(";")[0].removeprefix("max-age=")) >= 31_536_000
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
    assert "/" not in answer.headers.get("server", "")


async def test_G09_what_is_answered_to_someone_is_never_stored(people: People) -> None:
    ada = await people.sign_up()
    for path in ("/users/me", "/users/me/sessions", "/enrollments", "/payments", "/nothing"):
        assert "no-store" in (await ada.call("GET", path)).headers["cache-control"]


async def test_G09_a_valid_request_id_is_kept_and_another_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/health/live", headers={"X-Request-Id": "trace-1234567890"})
    assert kept.headers["x-request-id"] == "trace-1234567890"
    for bad in ("x", "a" * 200, "evil value", "\x7f" * 10):
        assert (await client.get("/health/live", headers={"X-Request-Id": bad})).headers["x-request-id"] != bad


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/server-status", "/index.php.bak", "/api/v1/../../etc/passwd"]
)
async def test_G11_what_is_not_ours_to_show_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code in {403, 404}


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity,gzip", "gzip, gzip", "x"])
async def test_G12_a_compressed_body_is_refused_unopened(client: httpx.AsyncClient, encoding: str) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    assert (await _post(client, bomb, {"Content-Encoding": encoding})).status_code in {413, 415}


async def test_G13_what_a_client_says_of_its_origin_or_method_is_ignored(people: People) -> None:
    ada = await people.sign_up()
    headers = {
        "X-HTTP-Method-Override": "DELETE",
        "X-Original-URL": "/api/v1/admin/users",
        "X-Rewrite-URL": "/api/v1/admin/users",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=1.2.3.4;host=evil.example",
    }
    answer = await ada.call("GET", "/users/me", headers=headers)
    assert (answer.status_code, answer.json()["data"]["id"]) == (200, ada.id)


async def test_G14_too_many_or_too_long_headers_are_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live", headers={"X-Long": "a" * 100_000})).status_code == 431
    many = [(f"X-Header-{number}", "x") for number in range(1_000)]
    assert (await client.get("/health/live", headers=many)).status_code == 431
    for value in (b"\xff\xfe", b"a\x00b"):
        answer = await client.get("/health/live", headers=[(b"X-Odd", value)])
        assert answer.status_code in {200, 400}


@pytest.mark.parametrize("text", ["a" * 50_000 + "!", ("a." * 25_000) + "@x", "@" * 50_000, "<" * 50_000])
async def test_G16_long_text_costs_next_to_nothing(people: People, text: str) -> None:
    ada = await people.sign_up()
    started = time.perf_counter()
    body = {"name": text, "email": text, "password": PASSWORD}
    assert (await people.client.post(f"{API}/users/register", json=body)).status_code == 422
    assert (await ada.call("PUT", "/users/me", {"avatarUrl": text})).status_code == 422
    assert time.perf_counter() - started < 0.6


@pytest.mark.parametrize(
    "text",
    [
        "' OR '1'='1",
        "'; DROP TABLE users; --",
        "1; SELECT pg_sleep(5)",
        "%' --",
        "\\'; --",
        "$$",
        "%(user_id)s",
        "{0}",
        "%s",
    ],
)
async def test_G17_sql_in_a_text_is_text(people: People, text: str) -> None:
    ada = await people.sign_up(name=text)
    assert ada.session["user"]["name"] == text
    started = time.perf_counter()
    admin = await people.sign_up("admin")
    found = await people.client.get(
        f"{API}/admin/users", params={"search": text}, headers={"Authorization": f"Bearer {admin.access_token}"}
    )
    assert [person["id"] for person in found.json()["data"]] == [ada.id]
    courses = await people.client.get(f"{API}/courses", params={"search": text})
    assert courses.status_code == 200
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("query", ["page=0", "page=-1", f"page={2**63}", "limit=0", "limit=1.5", "page=1,2", "page=٣"])
async def test_G18_a_page_that_is_none_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"{API}/courses?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "validation_failed")


async def test_G21_template_strings_stay_what_they_are(people: People) -> None:
    text = "{{7*7}} ${7*7} %n%n {0.__class__} #{7*7}"
    ada = await people.sign_up(name=text)
    [email] = await people.emails(ada.email, kind="welcome")
    assert text in email["text"]
    assert "49" not in email["text"].split("token=")[0]


async def test_G22_an_unsafe_request_sent_again_has_one_effect(people: People) -> None:
    teacher = await people.sign_up("instructor")
    body: dict[str, Any] = {"title": "Rust", "description": "<p>x</p>", "price": 100, "category": "development"}
    headers = {"Idempotency-Key": "the-same-key-again"}
    answers = [await teacher.call("POST", "/courses", body, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    assert await people.value("SELECT count(*) FROM courses") == 1
    other = await teacher.call("POST", "/courses", body | {"title": "Other"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
