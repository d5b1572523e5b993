"""The stored responses of idempotency keys, per API key, for 24 hours."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

RETENTION_SECONDS = 24 * 3600

FIND = """
SELECT fingerprint, request_id, status, body FROM idempotency_keys
WHERE api_key = ? AND idempotency_key = ? AND created > ?
"""
STORE = """
INSERT OR REPLACE INTO idempotency_keys (api_key, idempotency_key, fingerprint, request_id, status, body, created)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The first response of a key, and the fingerprint of its request."""

    fingerprint: str
    request_id: str
    status: int
    body: bytes


def find_response(database: sqlite3.Connection, api_key: str, idempotency_key: str, now: int) -> StoredResponse | None:
    """The response of a key that was stored in the last 24 hours, or None."""
    row = database.execute(FIND, (api_key, idempotency_key, now - RETENTION_SECONDS)).fetchone()
    return None if row is None else StoredResponse(*row)


def save_response(
    database: sqlite3.Connection,
    api_key: str,
    idempotency_key: str,
    response: StoredResponse,
    now: int,
) -> None:
    """Store the response to the first request of a key."""
    values = (api_key, idempotency_key, response.fingerprint, response.request_id, response.status, response.body, now)
    database.execute(STORE, values)
