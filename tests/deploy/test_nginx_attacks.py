"""Request smuggling, slow clients and oversized requests, as bytes through Debian's nginx to the real application."""

from __future__ import annotations

import json
import time

import pytest
from tests.deploy.conftest import Site
from tests.support.raw_tls import exchange, statuses

pytestmark = pytest.mark.slow

HOST = b"Host: localhost\r\n"
POST = b"POST /api/v1/users/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
HIDDEN = b"GET /api/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"

SMUGGLED = {
    "length and chunks": POST
    + f"Content-Length: {5 + len(HIDDEN)}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    + b"0\r\n\r\n"
    + HIDDEN,
    "two lengths": POST + f"Content-Length: 2\r\nContent-Length: {2 + len(HIDDEN)}\r\n\r\n{{}}".encode() + HIDDEN,
    "chunks by another name": POST + b"Content-Length: 0\r\nTransfer-Encoding: xchunked\r\n\r\n" + HIDDEN,
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a bare line feed": POST + b"Content-Length: 0\r\nX: 1\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a signed length": POST + f"Content-Length: +{len(HIDDEN)}\r\n\r\n".encode() + HIDDEN,
    "two hosts": b"GET /api/v1/courses HTTP/1.1\r\nHost: localhost\r\nHost: other.example.com\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_no_request_hides_in_another(site: Site, name: str) -> None:
    """The application never sees the hidden request as part of another: nginx rejects, or reads it as its own."""
    codes = statuses(exchange(site.nginx, SMUGGLED[name]))
    assert codes
    assert codes[0] >= 400
    # What nginx itself reads as a second request on the connection is no part of the first one.
    assert sum(line["path"] == "/api/v1/smuggled" for line in site.log()) <= len(codes) - 1


def test_a_header_of_nine_kilobytes_is_431_in_our_shape(site: Site) -> None:
    answer = exchange(site.nginx, b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 9_000 + b"\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert statuses(head) == [431]
    assert json.loads(body)["error"]["code"] == "headers_too_large"


def test_many_headers_and_a_long_address_are_rejected(site: Site) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1_000) for number in range(60))
    assert statuses(exchange(site.nginx, b"GET / HTTP/1.1\r\n" + HOST + many + b"\r\n")) == [431]
    assert statuses(exchange(site.nginx, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")) == [431]


def test_a_body_above_the_limit_is_413_before_it_arrives(site: Site) -> None:
    answer = exchange(site.nginx, POST + b"Content-Length: 99999999\r\n\r\n{")
    assert statuses(answer) == [413]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "body_too_large"


def test_slow_headers_and_slow_bodies_end(site: Site) -> None:
    """Each time limit is shortened to a second here (conftest)."""
    began = time.monotonic()
    dripping = exchange(site.nginx, b"GET / HTTP/1.1\r\n", *[b"X", b"-", b"S", b"l", b"o", b"w"], pause=0.4)
    assert statuses(dripping) in ([], [408])
    assert time.monotonic() - began < 8
    stalled = exchange(site.nginx, POST + b"Content-Length: 50\r\n\r\n{", b"", pause=1.5)
    assert statuses(stalled) in ([], [408])
    assert site.client.get("/health/ready").status_code == 200
