"""Group G, on the wire: bodies that break off or are none, parameters given twice, ids that only look like ids."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from tests.support.people import API, People
from tests.support.plain_http import PLAIN
from tests.support.system import System

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A separate process, because only a real server reads chunks."""
    started = System(environment, tmp_path_factory.mktemp("server"))
    started.start("serve")
    started.wait_until_ready()
    yield started
    started.stop()


def _send(server: System, raw: bytes, *, is_cut: bool = False) -> bytes:
    """What comes back for these bytes; with `is_cut` we hang up without listening."""
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
        wire.sendall(raw)
        if is_cut:
            return b""
        wire.settimeout(10)
        return wire.recv(65_536)


POST = b"POST /api/v1/users/forgot-password HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"ffffffffffffffffff\r\n", b"5\r\nabcdeXX\r\n"])
def test_chunks_that_are_none_are_a_400(server: System, chunk: bytes) -> None:
    answer = _send(server, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 400"), answer[:200]


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, chunked", "identity", "xchunked"])
async def test_a_body_in_another_coding_than_chunks_is_refused(client: httpx.AsyncClient, coding: str) -> None:
    answer = await client.post(f"{API}/users/login", content=b"{}", headers={"Transfer-Encoding": coding})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("head", "is_closed"),
    [(b"Content-Length: 999999999\r\n\r\n{", True), (b"Content-Length: 2\r\n\r\n{}", False)],
    ids=["far too large", "read to the end"],
)
def test_a_connection_is_closed_when_the_body_was_not_read(server: System, head: bytes, *, is_closed: bool) -> None:
    """Its rest would be read as the next request."""
    answer = _send(server, POST + head).lower()
    assert answer.startswith(b"http/1.1 413" if is_closed else b"http/1.1 422"), answer[:200]
    assert (b"connection: close" in answer) == is_closed


def test_G20_hanging_up_in_a_body_is_no_failure_of_ours(server: System) -> None:
    for _ in range(20):
        _send(server, POST + b"Content-Length: 1000\r\n\r\n{", is_cut=True)
    assert httpx.get(f"{server.url}/health/live", **PLAIN).status_code == 200
    # Ends when every request has been answered and logged.
    server.stop()
    lines = [
        json.loads(line) for line in (server.folder / "serve.log").read_text().splitlines() if line.startswith("{")
    ]
    server.start("serve")
    server.wait_until_ready()
    assert [line for line in lines if line.get("level") == "error" or line.get("status") == 500] == []


async def test_G18_a_parameter_that_is_given_twice_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/courses?page=1&page=2")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "validation_failed")
    assert answer.json()["error"]["details"] == [{"field": "page", "message": "is given more than once"}]


async def test_G04_another_spelling_of_an_id_is_none(people: People) -> None:
    ada = await people.sign_up()
    right = await ada.call("GET", f"/users/{ada.id}/enrollments")
    assert right.status_code == 200
    for wrong in ("{" + ada.id + "}", f"urn:uuid:{ada.id}", ada.id.replace("-", ""), f"{ada.id}%0a", f"%20{ada.id}"):
        assert (await ada.call("GET", f"/users/{wrong}/enrollments")).status_code == 404, wrong
    for path in (f"/users/{ada.id}%0a", "/courses%0a", "/users/me%0d"):
        assert (await ada.call("GET", path)).status_code == 404, path


async def test_G01_a_form_is_no_json(people: People) -> None:
    answer = await people.client.post(f"{API}/users/login", files={"email": b"ada@example.com"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")


async def test_what_is_wrong_is_said_in_words_that_a_person_can_act_on(people: People) -> None:
    body = {"name": "x" * 101, "email": "ada@example.com", "password": "a-1", "nickname": "Ada"}
    details = (await people.client.post(f"{API}/users/register", json=body)).json()["error"]["details"]
    assert {detail["field"]: detail["message"] for detail in details} == {
        "name": "must have at most 100 characters",
        "password": "must have at least 8 characters",
        "nickname": "is not a known field",
    }
    empty = (await people.client.post(f"{API}/users/login", json={})).json()["error"]["details"]
    assert [detail["message"] for detail in empty] == ["is required", "is required"]
    [detail] = (await people.client.post(f"{API}/users/login", json=["a"])).json()["error"]["details"]
    assert detail["message"] == "must be a JSON object"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("\u3164", 422),
        ("\u2800 \u200d", 422),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 201),
        ("\u0645\u06cc\u200c\u062e", 201),
    ],
)
async def test_P05_a_name_needs_something_to_see_and_may_join_letters(people: People, name: str, status: int) -> None:
    body = {"name": name, "email": "ada@example.com", "password": "a-long-password"}
    assert (await people.client.post(f"{API}/users/register", json=body)).status_code == status
