"""A sealed stream opens whole, or not at all."""

from __future__ import annotations

import secrets
from itertools import pairwise

import pytest

from coursify.core.sealed_stream import CHUNK_BYTES, StreamUnreadable, key_of, open_stream, seal_stream

RING = (("b2", secrets.token_bytes(32)), ("b1", secrets.token_bytes(32)))
HEAD = 6 + 1 + 2 + 16 + 8


def seal(plain: bytes, ring: tuple[tuple[str, bytes], ...] = RING, *, piece: int = 700_001) -> bytes:
    pieces = [plain[start : start + piece] for start in range(0, len(plain), piece)]
    return b"".join(seal_stream(pieces, ring, name="a/file"))


def unseal(sealed: bytes, ring: tuple[tuple[str, bytes], ...] = RING, name: str = "a/file") -> bytes:
    pieces = [sealed[start : start + 333_333] for start in range(0, len(sealed), 333_333)]
    return b"".join(open_stream(pieces, ring, name=name))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_every_size_comes_back(size: int) -> None:
    plain = secrets.token_bytes(size)
    sealed = seal(plain)
    assert unseal(sealed) == plain
    assert key_of(sealed) == "b2"
    assert size < 16 or plain[:16] not in sealed


def test_no_two_files_have_the_same_bytes() -> None:
    assert seal(b"the same") != seal(b"the same")


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal(b"x" * 50)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(StreamUnreadable):
            unseal(bytes(changed))


@pytest.mark.parametrize("size", [0, 10, 2 * CHUNK_BYTES])
def test_every_cut_is_noticed(size: int) -> None:
    """Also where it falls between two chunks."""
    sealed = seal(b"y" * size)
    border = HEAD + CHUNK_BYTES + 16
    for end in {*range(HEAD + 2), border, border - 1, border + 1, len(sealed) - 1} - {len(sealed)}:
        if end < len(sealed):
            with pytest.raises(StreamUnreadable):
                unseal(sealed[:end])


def test_chunks_cannot_change_places_be_repeated_or_added() -> None:
    sealed = seal(secrets.token_bytes(3 * CHUNK_BYTES))
    borders = [HEAD + number * (CHUNK_BYTES + 16) for number in range(4)]
    head, (first, second, third) = sealed[:HEAD], (sealed[start:end] for start, end in pairwise(borders))
    for wrong in (
        second + first + third,
        first + first + second + third,
        first + third,
        first + second + third + third,
    ):
        with pytest.raises(StreamUnreadable):
            unseal(head + wrong)


def test_a_file_does_not_open_under_another_name() -> None:
    with pytest.raises(StreamUnreadable, match="damaged"):
        unseal(seal(b"of one backup"), name="another/file")


def test_a_rotated_ring_opens_what_the_old_key_sealed() -> None:
    assert unseal(seal(b"old", RING[1:])) == b"old"


def test_the_reason_names_the_key() -> None:
    with pytest.raises(StreamUnreadable, match="'b2', which is not among"):
        unseal(seal(b"x"), RING[1:])
    with pytest.raises(StreamUnreadable, match="another key than the one that is called 'b2'"):
        unseal(seal(b"x"), (("b2", secrets.token_bytes(32)),))
    with pytest.raises(StreamUnreadable, match="no sealed file"):
        unseal(b"plain text")
