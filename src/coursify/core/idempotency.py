"""Idempotency-Key: a request that is sent again gets the first one's answer, byte for byte, for 24 hours.

A running key is a lease of 30 s; the next attempt after that takes it over.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core import queries
from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database
from coursify.core.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    RequestInProgress,
    Unauthorized,
)
from coursify.core.operations import Operation, Repeat

LEASE = timedelta(seconds=30)
_KEY = re.compile(r"[\x20-\x7e]{16,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to answer under one key."""

    user_id: UUID
    route: str
    key: str
    leased_until: datetime

    @property
    def place(self) -> str:
        return f"idempotency_keys.response_body:{self.user_id}:{self.route}:{self.key}"


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that was given before."""

    status: int
    body: bytes
    etag: str | None


def read_key(header: str | None, operation: Operation) -> str | None:
    """The key to go by, or None; raises when it is required and missing, or not 16–255 printable ASCII characters."""
    if operation.repeat is Repeat.PLAIN:
        return None
    if header is None:
        if operation.repeat is Repeat.KEY_REQUIRED:
            raise IdempotencyKeyRequired
        return None
    if not _KEY.fullmatch(header):
        raise IdempotencyKeyInvalid
    return header


def hash_request(path: str, body: bytes) -> bytes:
    return hashlib.sha256(path.encode() + b"\x00" + body).digest()


async def begin(
    database: Database, sealer: Sealer, *, user_id: UUID, route: str, key: str, request_hash: bytes
) -> Attempt | Replay:
    """Take the key, or replay its answer; raises when it runs elsewhere or was used for another request."""
    async with database.transaction() as (db, now):
        leased_until = now + LEASE
        taken = await queries.take_idempotency_key(
            db,
            user_id=user_id,
            route=route,
            key=key,
            request_hash=request_hash,
            leased_until=leased_until,
            now=now,
        )
        if taken:
            return Attempt(user_id, route, key, leased_until)
        kept = await queries.find_kept_answer(db, user_id=user_id, route=route, key=key)
    if kept is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    if kept.request_hash != request_hash:
        raise IdempotencyKeyReused
    if kept.response_status is None or kept.response_body is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    place = Attempt(user_id, route, key, leased_until).place
    return Replay(kept.response_status, sealer.open(kept.response_body, place=place), kept.response_etag)


async def keep(
    db: Connection, sealer: Sealer, attempt: Attempt, *, status: int, body: bytes, etag: str | None = None
) -> None:
    """Store the answer in the transaction of the work itself; raises when another attempt has taken over."""
    kept = await queries.keep_answer(
        db,
        user_id=attempt.user_id,
        route=attempt.route,
        key=attempt.key,
        leased_until=attempt.leased_until,
        status=status,
        body=sealer.seal(body, place=attempt.place),
        etag=etag,
    )
    if kept:
        return
    if await queries.find_kept_answer(db, user_id=attempt.user_id, route=attempt.route, key=attempt.key) is None:
        # Keys go with their owner, and nothing else deletes one that runs.
        raise Unauthorized
    raise RequestInProgress(headers={"Retry-After": "1"})


async def release(database: Database, attempt: Attempt) -> None:
    """Let the client try again at once: the answer was one that is not kept."""
    async with database.transaction() as (db, _now):
        await queries.release_idempotency_key(
            db,
            user_id=attempt.user_id,
            route=attempt.route,
            key=attempt.key,
            leased_until=attempt.leased_until,
        )
