"""Encrypts files of any size with a key of a ring: AES-256-GCM in chunks, so that little memory is needed.

A sealed stream = the magic, 1 byte length of the key id, the key id, 16 bytes salt, 8 bytes that identify the key, then
chunks of 1 MiB with their tags. A key of its own is derived for each stream; a chunk's nonce is its number and whether
it is the last one, so a chunk that is missing, moved or repeated is noticed. The associated data is the file's name.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coursify.core.crypto import derive

CHUNK_BYTES = 1_048_576
_MAGIC = b"CSFB1\n"
_SALT_BYTES = 16
_CHECK_BYTES = 8
_TAG_BYTES = 16

Keyring = tuple[tuple[str, bytes], ...]


class StreamUnreadable(Exception):
    """The message says why: another key, or bytes that are damaged or missing."""


def seal_stream(chunks: Iterable[bytes], keyring: Keyring, *, name: str) -> Iterator[bytes]:
    """The sealed bytes of `chunks`, with the first key of the ring."""
    kid, key = keyring[0]
    salt = os.urandom(_SALT_BYTES)
    yield _MAGIC + bytes([len(kid.encode())]) + kid.encode() + salt + _check_value(key, salt)
    cipher, number, waiting = _cipher(key, salt), 0, None
    for plain in _resize(chunks, CHUNK_BYTES):
        if waiting is not None:
            yield cipher.encrypt(_nonce(number, is_last=False), waiting, name.encode())
            number += 1
        waiting = plain
    yield cipher.encrypt(_nonce(number, is_last=True), waiting or b"", name.encode())


def open_stream(chunks: Iterable[bytes], keyring: Keyring, *, name: str) -> Iterator[bytes]:
    """The plain bytes. Raises StreamUnreadable; what came before it must not be used."""
    source = iter(chunks)
    cipher, rest = _read_header(source, keyring)
    number, waiting = 0, None
    for sealed in _resize(_prepend(rest, source), CHUNK_BYTES + _TAG_BYTES):
        if waiting is not None:
            yield _decrypt(cipher, number, waiting, name, is_last=False)
            number += 1
        waiting = sealed
    if waiting is None:
        raise StreamUnreadable("is truncated")
    yield _decrypt(cipher, number, waiting, name, is_last=True)


def key_of(head: bytes) -> str | None:
    """The id of the key that sealed a stream, from its first bytes; None for something else."""
    if not head.startswith(_MAGIC) or len(head) <= len(_MAGIC):
        return None
    start = len(_MAGIC) + 1
    return head[start : start + head[start - 1]].decode(errors="replace")


def _read_header(source: Iterator[bytes], keyring: Keyring) -> tuple[AESGCM, bytes]:
    head = b""
    longest = len(_MAGIC) + 1 + 255 + _SALT_BYTES + _CHECK_BYTES
    for chunk in source:
        head += chunk
        if len(head) >= longest:
            break
    kid = key_of(head)
    if kid is None:
        raise StreamUnreadable("is no sealed file, or is truncated")
    key = dict(keyring).get(kid)
    if key is None:
        raise StreamUnreadable(f"was sealed with the key {kid!r}, which is not among the keys given")
    start = len(_MAGIC) + 1 + len(kid.encode())
    salt = head[start : start + _SALT_BYTES]
    end = start + _SALT_BYTES + _CHECK_BYTES
    if len(head) < end:
        raise StreamUnreadable("is truncated")
    if not hmac.compare_digest(head[end - _CHECK_BYTES : end], _check_value(key, salt)):
        raise StreamUnreadable(f"was sealed with another key than the one that is called {kid!r} now, or is damaged")
    return _cipher(key, salt), head[end:]


def _decrypt(cipher: AESGCM, number: int, sealed: bytes, name: str, *, is_last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, is_last=is_last), sealed, name.encode())
    except InvalidTag as error:
        raise StreamUnreadable("is damaged or truncated") from error


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(derive(key, "sealed stream", salt.hex()))


def _check_value(key: bytes, salt: bytes) -> bytes:
    return derive(key, "key of a sealed stream", salt.hex())[:_CHECK_BYTES]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _prepend(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _resize(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`; only the last one may be shorter."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= size:
            yield bytes(buffer[:size])
            del buffer[:size]
    if buffer:
        yield bytes(buffer)
