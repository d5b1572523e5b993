"""Idempotency-Key: a repeated request gets the response of the first one, byte for byte, for 24 hours.

A request leases its key for longer than it may take. When the lease has run out, the next request leases the key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database
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
from coursify.core.pools import UNAVAILABLE
from coursify.core.queries import idempotency_keys
from coursify.core.queries.idempotency_keys import IdempotencyKey
from coursify.core.sealing import SealedColumn

# After the timeout of the operation, a running COMMIT may still need this time to end.
MARGIN = timedelta(seconds=15)
RESPONSE_BODY = SealedColumn("idempotency_keys", "response_body", key=("user_id", "route", "key"), expires=True)
_KEY = re.compile(r"[\x20-\x7e]{16,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyLease:
    """The right to store the response of one key, until `leased_until`."""

    user_id: UUID
    route: str
    key: str
    leased_until: datetime

    @property
    def associated_data(self) -> str:
        return RESPONSE_BODY.for_row(self.user_id, self.route, self.key)


@dataclass(frozen=True, slots=True)
class Replay:
    """The stored response of an earlier request."""

    status: int
    body: bytes
    etag: str | None


def read_key(header: str | None, policy: Policy) -> str | None:
    """The key, or None. Raises when it is required and missing, or is not 16 to 255 printable ASCII characters."""
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


def lease_duration(policy: Policy) -> timedelta:
    """The duration of a lease: longer than the operation may take."""
    return timedelta(seconds=policy.seconds) + MARGIN


async def lease_key(
    database: Database, sealer: Sealer, *, user_id: UUID, route: str, key: str, request_hash: bytes, duration: timedelta
) -> KeyLease | Replay:
    """Lease the key, or return its stored response. Raises when the key is leased or was used for another request."""
    leased: KeyLease | None = None
    try:
        # What the operation commits is written after the lease, so it cannot survive a crash without it.
        async with database.transaction(is_awaited=False) as (db, now):
            lease = KeyLease(user_id, route, key, leased_until=now + duration)
            if await idempotency_keys.lease_key(
                db,
                user_id=user_id,
                route=route,
                key=key,
                request_hash=request_hash,
                leased_until=lease.leased_until,
                now=now,
            ):
                leased = lease
                return lease
            stored = await idempotency_keys.find_key(db, user_id=user_id, route=route, key=key)
    except BaseException:
        # The COMMIT may have succeeded without an answer; the next request must not wait until the lease runs out.
        if leased:
            await release_key(database, leased)
        raise
    return _replay(sealer, lease, stored, request_hash)


def _replay(sealer: Sealer, lease: KeyLease, stored: IdempotencyKey | None, request_hash: bytes) -> Replay:
    if stored is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    if stored.request_hash != request_hash:
        raise IdempotencyKeyReused
    if stored.response_status is None or stored.response_body is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    body = sealer.open(stored.response_body, associated_data=lease.associated_data)
    return Replay(stored.response_status, body, stored.response_etag)


async def store_response(
    db: Connection, sealer: Sealer, lease: KeyLease, *, status: int, body: bytes, etag: str | None = None
) -> None:
    """Store the response in the transaction of the operation. Raises when another request has leased the key."""
    is_stored = await idempotency_keys.store_response(
        db,
        user_id=lease.user_id,
        route=lease.route,
        key=lease.key,
        leased_until=lease.leased_until,
        status=status,
        body=sealer.seal(body, associated_data=lease.associated_data),
        etag=etag,
    )
    if is_stored:
        return
    if await idempotency_keys.find_key(db, user_id=lease.user_id, route=lease.route, key=lease.key) is None:
        # Only the erasure of its owner deletes a leased key.
        raise Unauthorized
    raise RequestInProgress(headers={"Retry-After": "1"})


async def release_key(database: Database, lease: KeyLease) -> None:
    """Release the key, so that the client can try again at once. When that fails, the lease runs out."""
    try:
        async with database.transaction() as (db, _now):
            await idempotency_keys.release_key(
                db,
                user_id=lease.user_id,
                route=lease.route,
                key=lease.key,
                leased_until=lease.leased_until,
            )
    except (Unavailable, *UNAVAILABLE) as error:
        log.warning("idempotency key not released", route=lease.route, error=type(error).__name__)
