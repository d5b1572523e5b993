"""Encrypts secrets and personal data at rest: AES-256-GCM with associated data.

A sealed value = 1 byte length of the key id, the key id, 12 bytes nonce, the ciphertext with its tag.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_public_key

_NONCE_BYTES = 12


class Sealer:
    """Seals with the first key of the ring; opens with any of its keys."""

    def __init__(self, keyring: tuple[tuple[str, bytes], ...]) -> None:
        self._current = keyring[0][0]
        self._ciphers = {kid: AESGCM(key) for kid, key in keyring}

    def seal(self, plain: bytes, *, associated_data: str) -> bytes:
        """Encrypt. A value of a column is bound to its row: see `SealedColumn.for_row`."""
        kid = self._current.encode()
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._current].encrypt(nonce, plain, associated_data.encode())
        return bytes([len(kid)]) + kid + nonce + cipher

    def open(self, sealed: bytes, *, associated_data: str) -> bytes:
        """Decrypt. Raises `cryptography.exceptions.InvalidTag` for other associated data or a changed byte."""
        start = 1 + sealed[0]
        nonce_end = start + _NONCE_BYTES
        cipher = self._ciphers[sealed[1:start].decode()]
        return cipher.decrypt(sealed[start:nonce_end], sealed[nonce_end:], associated_data.encode())

    def reseal(self, sealed: bytes, *, associated_data: str) -> bytes:
        """Open the value and seal it with the first key."""
        return self.seal(self.open(sealed, associated_data=associated_data), associated_data=associated_data)

    def is_current(self, sealed: bytes) -> bool:
        """Whether the value is sealed with the first key; `coursify keys rotate` re-seals those that are not."""
        return sealed[1 : 1 + sealed[0]].decode() == self._current


def derive(server_key: bytes, *parts: str) -> bytes:
    """A key of 32 bytes from the server's key and these parts (HMAC-SHA-256)."""
    return hmac.new(server_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def digest(token: str | bytes) -> bytes:
    """The SHA-256 of a token, which is stored in its place."""
    return hashlib.sha256(token.encode() if isinstance(token, str) else token).digest()


def check_ecdsa_key(value: str) -> str:
    """The key unchanged. Raises ValueError unless it is an ECDSA public key, DER in base64."""
    try:
        key = load_der_public_key(base64.b64decode(value, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("expected a public key in base64") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("expected an ECDSA public key")  # noqa: TRY004  # a wrong value, not a wrong type
    return value
