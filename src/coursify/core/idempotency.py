"""Idempotency-Key: a request that is sent again gets the first one's answer, byte for byte, for 24 hours.

A running key is a lease that outlives its operation; the next attempt after it ran out takes the key over.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import UNAVAILABLE, Connection, Database
from coursify.core.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    RequestInProgress,
    Unauthorized,
    Unavailable,
)
from coursify.core.logging import log
from coursify.core.policy import Idempotency, Policy
from coursify.core.queries import idempotency_keys
from coursify.core.queries.idempotency_keys import IdempotencyKey
from coursify.core.sealing import SealedColumn

# What an operation may still need once its time is over: a COMMIT under way ends, then its key is freed.
MARGIN = timedelta(seconds=15)
RESPONSE_BODY = SealedColumn("idempotency_keys", "response_body", key=("user_id", "route", "key"), expires=True)
_KEY = re.compile(r"[\x20-\x7e]{16,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to answer under one key."""

    user_id: UUID
    route: str
    key: str
    leased_until: datetime

    @property
    def associated_data(self) -> str:
        return RESPONSE_BODY.for_row(self.user_id, self.route, self.key)


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that was given before."""

    status: int
    body: bytes
    etag: str | None


def read_key(header: str | None, policy: Policy) -> str | None:
    """The key to go by, or None; raises when it is required and missing, or not 16–255 printable ASCII characters."""
    if policy.idempotency is Idempotency.NONE:
        return None
    if header is None:
        if policy.idempotency is Idempotency.REQUIRED:
            raise IdempotencyKeyRequired
        return None
    if not _KEY.fullmatch(header):
        raise IdempotencyKeyInvalid
    return header


def hash_request(path: str, body: bytes) -> bytes:
    return hashlib.sha256(path.encode() + b"\x00" + body).digest()


def lease_of(policy: Policy) -> timedelta:
    """How long a key is held for one attempt: longer than the operation may take."""
    return timedelta(seconds=policy.seconds) + MARGIN


async def begin(
    database: Database, sealer: Sealer, *, user_id: UUID, route: str, key: str, request_hash: bytes, lease: timedelta
) -> Attempt | Replay:
    """Take the key, or replay its answer; raises when it runs elsewhere or was used for another request."""
    taken: Attempt | None = None
    try:
        async with database.transaction() as (db, now):
            attempt = Attempt(user_id, route, key, leased_until=now + lease)
            if await idempotency_keys.lease_key(
                db,
                user_id=user_id,
                route=route,
                key=key,
                request_hash=request_hash,
                leased_until=attempt.leased_until,
                now=now,
            ):
                taken = attempt
                return attempt
            kept = await idempotency_keys.find_key(db, user_id=user_id, route=route, key=key)
    except BaseException:
        # A COMMIT that nobody answered may have taken the key; the client's next try must not wait for the lease.
        if taken:
            await release(database, taken)
        raise
    return _replay(sealer, attempt, kept, request_hash)


def _replay(sealer: Sealer, attempt: Attempt, kept: IdempotencyKey | None, request_hash: bytes) -> Replay:
    if kept is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    if kept.request_hash != request_hash:
        raise IdempotencyKeyReused
    if kept.response_status is None or kept.response_body is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    body = sealer.open(kept.response_body, associated_data=attempt.associated_data)
    return Replay(kept.response_status, body, kept.response_etag)


async def keep(
    db: Connection, sealer: Sealer, attempt: Attempt, *, status: int, body: bytes, etag: str | None = None
) -> None:
    """Store the answer in the transaction of the work itself; raises when another attempt has taken over."""
    kept = await idempotency_keys.store_response(
        db,
        user_id=attempt.user_id,
        route=attempt.route,
        key=attempt.key,
        leased_until=attempt.leased_until,
        status=status,
        body=sealer.seal(body, associated_data=attempt.associated_data),
        etag=etag,
    )
    if kept:
        return
    if await idempotency_keys.find_key(db, user_id=attempt.user_id, route=attempt.route, key=attempt.key) is None:
        # Keys go with their owner, and nothing else deletes one that runs.
        raise Unauthorized
    raise RequestInProgress(headers={"Retry-After": "1"})


async def release(database: Database, attempt: Attempt) -> None:
    """Free the key, so that the client may try again at once; where that fails, the lease runs out."""
    try:
        async with database.transaction() as (db, _now):
            await idempotency_keys.release_key(
                db,
                user_id=attempt.user_id,
                route=attempt.route,
                key=attempt.key,
                leased_until=attempt.leased_until,
            )
    except (Unavailable, *UNAVAILABLE) as error:
        log.warning("idempotency key not released", route=attempt.route, error=type(error).__name__)
