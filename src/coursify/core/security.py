"""Passwords (argon2id, outside the event loop) and access tokens (EdDSA).

A token has the user, the session and its expiry, nothing else: role and status come from the database.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import bcrypt
import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

from coursify.core.clock import Clock
from coursify.core.errors import TooManyRequests, Unauthorized
from coursify.core.settings import LEAST_ARGON2_MEMORY_KIB

Answer = TypeVar("Answer")

ACCESS_LIFETIME = timedelta(minutes=10)
AUDIENCE = "coursify-api"
TOKEN_TYPE = "at+jwt"
LEEWAY_SECONDS = 5
_CACHED_TOKENS = 20_000
_CLAIMS = {"iss": str, "aud": str, "sub": str, "sid": str, "jti": str, "iat": int, "exp": int}
# Three segments of base64url, the last one an Ed25519 signature: 64 bytes.
_COMPACT = re.compile(r"[\w-]{20,200}\.[\w-]{20,1000}\.[\w-]{86}", re.ASCII)
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}", re.ASCII)
_BCRYPT_BYTES = 72


class Passwords:
    """Hashes and verifies in a few threads; when more than `queue` calls wait, the next one raises TooManyRequests."""

    def __init__(self, *, threads: int = 2, queue: int = 64, memory_kib: int = LEAST_ARGON2_MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._room = threads + queue
        self._busy = 0
        self._dummy_hash = self._hasher.hash(uuid4().hex)

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `stored` is a hash of `password`. Takes the same time when `stored` is None."""
        return await self._run(self._verify, password, stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash should be replaced, because it is bcrypt or has older parameters."""
        return bool(_BCRYPT.fullmatch(stored)) or self._hasher.check_needs_rehash(stored)

    def _verify(self, password: str, stored: str | None) -> bool:
        if stored and _BCRYPT.fullmatch(stored):
            return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], stored.encode())
        try:
            return self._hasher.verify(stored or self._dummy_hash, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., Answer], *arguments: str | None) -> Answer:
        if self._busy >= self._room:
            raise TooManyRequests(headers={"Retry-After": "1"})
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._busy -= 1


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a valid access token; times in seconds since 1970."""

    user_id: UUID
    session_id: UUID
    issued_at: int
    expires_at: int


class AccessTokens:
    """Signs with the first key of the ring; verifies with any of its keys, and caches verified tokens."""

    def __init__(self, keyring: tuple[tuple[str, bytes], ...], *, issuer: str, clock: Clock) -> None:
        self._clock = clock
        self._issuer = issuer
        self._kid = keyring[0][0]
        self._signing_key = Ed25519PrivateKey.from_private_bytes(keyring[0][1])
        self._keys = {kid: Ed25519PrivateKey.from_private_bytes(seed).public_key() for kid, seed in keyring}
        self._verified: dict[str, Claims] = {}

    def issue(self, *, user_id: UUID, session_id: UUID, now: datetime) -> str:
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": uuid4().hex,
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFETIME).timestamp()),
        }
        return jwt.encode(claims, self._signing_key, "EdDSA", headers={"kid": self._kid, "typ": TOKEN_TYPE})

    def read(self, token: str) -> Claims:
        """The claims of a valid token that has not expired. Raises Unauthorized for any other."""
        claims = self._verified.get(token)
        if claims is None:
            claims = self._verify(token)
            if len(self._verified) >= _CACHED_TOKENS:
                self._verified.pop(next(iter(self._verified)))
            self._verified[token] = claims
        now = self._clock.wall().timestamp()
        if now >= claims.expires_at + LEEWAY_SECONDS or now < claims.issued_at - LEEWAY_SECONDS:
            raise Unauthorized
        return claims

    def public_keys(self) -> dict[str, Any]:
        """The JSON Web Key Set, with which others verify our tokens."""
        return {"keys": [_jwk(kid, key) for kid, key in self._keys.items()]}

    def _verify(self, token: str) -> Claims:
        if not _COMPACT.fullmatch(token):
            raise Unauthorized
        try:
            header = jwt.get_unverified_header(token)
            if header.keys() != {"alg", "kid", "typ"} or header["typ"] != TOKEN_TYPE:
                raise Unauthorized
            claims = jwt.decode(
                token,
                self._keys[header["kid"]],
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                issuer=self._issuer,
                # `read` compares the times at every use, with the clock that a sandbox can move.
                options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            return _claims(claims)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise Unauthorized from error


def _claims(claims: dict[str, Any]) -> Claims:
    """Raises ValueError unless the claims are exactly those we write, each of its type."""
    if claims.keys() != set(_CLAIMS) or any(type(claims[name]) is not kind for name, kind in _CLAIMS.items()):
        raise ValueError("not the claims of an access token")
    return Claims(UUID(claims["sub"]), UUID(claims["sid"]), claims["iat"], claims["exp"])


def _jwk(kid: str, key: Ed25519PublicKey) -> dict[str, Any]:
    return {**OKPAlgorithm.to_jwk(key, as_dict=True), "kid": kid, "use": "sig", "alg": "EdDSA"}
