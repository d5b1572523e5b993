"""Secrets and personal data at rest: AES-256-GCM, the row and column as associated data, the key id in front.

sealed = 1 byte length of the key id, key id, 12 bytes nonce, ciphertext with tag.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Sealer:
    """Seals with the first key of the ring, opens with any of them."""

    def __init__(self, keyring: tuple[tuple[str, bytes], ...]) -> None:
        self._current = keyring[0][0]
        self._ciphers = {kid: AESGCM(key) for kid, key in keyring}

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Encrypt for one place (`table.column:row id`); it opens nowhere else."""
        kid = self._current.encode()
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._current].encrypt(nonce, plain, place.encode())
        return bytes([len(kid)]) + kid + nonce + cipher

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Decrypt; raises `cryptography.exceptions.InvalidTag` for another place or a changed byte."""
        start = 1 + sealed[0]
        nonce_end = start + _NONCE_BYTES
        cipher = self._ciphers[sealed[1:start].decode()]
        return cipher.decrypt(sealed[start:nonce_end], sealed[nonce_end:], place.encode())

    def reseal(self, sealed: bytes, *, place: str) -> bytes:
        """The same plain text under the newest key."""
        return self.seal(self.open(sealed, place=place), place=place)

    def is_current(self, sealed: bytes) -> bool:
        """Whether it was sealed with the newest key; what was not is sealed again by `coursify keys rotate`."""
        return sealed[1 : 1 + sealed[0]].decode() == self._current


def derive(server_key: bytes, *parts: str) -> bytes:
    """32 bytes that only this server can make from these parts (HMAC-SHA-256)."""
    return hmac.new(server_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def digest(token: str | bytes) -> bytes:
    """What is stored of a token: its SHA-256."""
    return hashlib.sha256(token.encode() if isinstance(token, str) else token).digest()
