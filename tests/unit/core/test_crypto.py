"""A sealed value opens with any key of the ring, and only with its associated data."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from coursify.core.crypto import Sealer, derive, digest

OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)


def test_a_value_sealed_with_an_older_key_opens_and_is_not_current() -> None:
    sealed = Sealer((OLD,)).seal(b"secret", associated_data="table.column:1")
    rotated = Sealer((NEW, OLD))
    assert rotated.open(sealed, associated_data="table.column:1") == b"secret"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal(b"secret", associated_data="table.column:1"))


def test_another_row_or_a_changed_byte_does_not_open() -> None:
    sealer = Sealer((OLD,))
    sealed = sealer.seal(b"secret", associated_data="table.column:1")
    with pytest.raises(InvalidTag):
        sealer.open(sealed, associated_data="table.column:2")
    with pytest.raises(InvalidTag):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), associated_data="table.column:1")


def test_the_same_secret_is_never_sealed_the_same_way_twice() -> None:
    sealer = Sealer((OLD,))
    assert sealer.seal(b"secret", associated_data="a") != sealer.seal(b"secret", associated_data="a")


def test_a_derived_token_depends_on_every_part() -> None:
    key = b"k" * 32
    assert derive(key, "a", "bc") != derive(key, "ab", "c")
    assert len(derive(key, "a")) == len(digest("a")) == 32
