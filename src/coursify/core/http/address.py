"""The address of the client: that of the peer, or what a trusted proxy reports. Headers of clients are ignored."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import MutableMapping
from typing import Any

_REMEMBERED = 10_000
# Bytes of X-Forwarded-For: clients choose its length.
_LONGEST_REMEMBERED = 200

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(trusted: tuple[str, ...]) -> tuple[Network, ...]:
    """The addresses or networks (`10.0.0.0/8`) of trusted proxies."""
    return tuple(ipaddress.ip_network(hop, strict=False) for hop in trusted)


def client_address(scope: MutableMapping[str, Any], trusted: tuple[Network, ...]) -> str:
    """The first address, from the nearest hop outwards, that is not a trusted proxy; an IPv6 one as its /64."""
    peer: str = (scope.get("client") or ("",))[0]
    forwarded = b",".join([value for name, value in scope["headers"] if name == b"x-forwarded-for"]) if trusted else b""
    if len(forwarded) > _LONGEST_REMEMBERED:
        return _find(peer, forwarded, trusted)
    return _remember(peer, forwarded, trusted)


def _find(peer: str, headers: bytes, trusted: tuple[Network, ...]) -> str:
    address = _address(peer)
    forwarded = [part.strip() for part in headers.decode("latin-1").split(",")] if headers else []
    while forwarded and address is not None and any(address in network for network in trusted):
        before = _address(forwarded.pop())
        if before is None:
            break
        address = before
    return _key(address)


# Parsing addresses costs more than answering from a cache.
_remember = functools.lru_cache(_REMEMBERED)(_find)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _key(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> str:
    if address is None:
        return "local"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
