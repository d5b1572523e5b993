"""The address of the client, with and without proxies."""

from __future__ import annotations

from typing import Any

import pytest

from coursify.core.http.address import client_address, read_networks

PROXIES = read_networks(("10.0.0.0/8", "2001:db8::1"))


def _scope(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("10.0.0.1", ["garbage, 10.0.0.7"], "10.0.0.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ("2001:db8:9:9:1::1", [], "2001:db8:9:9::"),
        (None, ["198.51.100.1"], "local"),
        ("unix", [], "local"),
    ],
)
def test_only_forwarded_headers_of_trusted_proxies_count(peer: str | None, forwarded: list[str], address: str) -> None:
    assert client_address(_scope(peer, *forwarded), PROXIES) == address


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert client_address(_scope("10.0.0.1", "198.51.100.1"), ()) == "10.0.0.1"
