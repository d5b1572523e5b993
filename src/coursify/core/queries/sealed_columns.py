"""Reads and replaces the values of any sealed column whose key is one uuid."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all
from coursify.core.sealing import SealedColumn


@dataclass(frozen=True, slots=True)
class SealedValue:
    key: UUID
    value: bytes


async def list_sealed_values(db: Connection, sealed: SealedColumn, *, after_key: UUID, limit: int) -> list[SealedValue]:
    (key,) = sealed.key
    return await fetch_all(
        db,
        SealedValue,
        f"""
        SELECT {key} AS key, {sealed.column} AS value FROM {sealed.table}
        WHERE {key} > %(after_key)s AND {sealed.column} IS NOT NULL
        ORDER BY {key} LIMIT %(limit)s
        """,
        after_key=after_key,
        limit=limit,
    )


async def replace_sealed_value(db: Connection, sealed: SealedColumn, key: UUID, *, old: bytes, new: bytes) -> int:
    """Returns 0 when the value has changed since it was read."""
    return await execute(
        db,
        f"""
        UPDATE {sealed.table} SET {sealed.column} = %(new)s
        WHERE {sealed.key[0]} = %(key)s AND {sealed.column} = %(old)s
        """,
        key=key,
        old=old,
        new=new,
    )
