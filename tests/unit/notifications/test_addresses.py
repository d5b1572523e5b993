"""Suppressed addresses and unsubscribe tokens."""

from __future__ import annotations

from uuid import UUID

import pytest

from coursify.modules.notifications.models import NEWS_KINDS
from coursify.modules.notifications.services.compose_news import address_key
from coursify.modules.notifications.unsubscribe_links import UnsubscribeTarget, read_token, write_token

KEY, OTHER = b"k" * 32, b"o" * 32
USER = UUID("0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70")


@pytest.mark.parametrize(
    ("stored", "reported"),
    [
        ("Ada@Example.com", "ada@example.com"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@BÜCHER.example", "ANNA@XN--BCHER-KVA.EXAMPLE"),
        (" ada@example.com ", "ada@example.com"),
    ],
)
def test_every_spelling_of_an_address_has_one_key(stored: str, reported: str) -> None:
    assert address_key(KEY, stored) == address_key(KEY, reported)
    assert address_key(KEY, stored) != address_key(OTHER, stored)
    assert address_key(KEY, stored) != address_key(KEY, f"x{stored.strip()}")


def test_a_token_is_stable_and_opens_with_its_key_only() -> None:
    targets = [UnsubscribeTarget(USER, kind, version) for kind in NEWS_KINDS for version in (1, 65_535)]
    tokens = [write_token(KEY, target) for target in targets]
    assert [read_token(KEY, token) for token in tokens] == targets
    assert [write_token(KEY, target) for target in targets] == tokens
    assert len(set(tokens)) == len(tokens)
    assert [read_token(OTHER, token) for token in tokens] == [None] * len(tokens)


@pytest.mark.parametrize("token", ["", "A", "=", "é", "\x00", "A" * 47, "A" * 10_000, "../x"])
def test_what_we_did_not_write_is_no_token(token: str) -> None:
    assert read_token(KEY, token) is None
