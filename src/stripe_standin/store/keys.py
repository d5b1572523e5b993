"""Idempotent answers, per API key, as long as Stripe remembers them."""

import sqlite3
from dataclasses import dataclass

REMEMBERED_SECONDS = 24 * 3600

FIND = """
SELECT fingerprint, request_id, status, body FROM idempotency_keys
WHERE api_key = ? AND idempotency_key = ? AND created > ?
"""
STORE = """
INSERT OR REPLACE INTO idempotency_keys (api_key, idempotency_key, fingerprint, request_id, status, body, created)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The first answer under a key, and the request it belongs to."""

    fingerprint: str
    request_id: str
    status: int
    body: bytes


def find_answer(database: sqlite3.Connection, api_key: str, idempotency_key: str, now: int) -> StoredAnswer | None:
    """The answer stored under a key in the last 24 hours, or None."""
    row = database.execute(FIND, (api_key, idempotency_key, now - REMEMBERED_SECONDS)).fetchone()
    return None if row is None else StoredAnswer(*row)


def store_answer(
    database: sqlite3.Connection,
    api_key: str,
    idempotency_key: str,
    answer: StoredAnswer,
    now: int,
) -> None:
    """Remember the answer to a key's first request."""
    values = (api_key, idempotency_key, answer.fingerprint, answer.request_id, answer.status, answer.body, now)
    database.execute(STORE, values)
