"""Questions about the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_one, fetch_optional, fetch_value


@dataclass(frozen=True, slots=True)
class AppliedSchema:
    """The newest applied revision, and the oldest newest-revision of a version that may serve it."""

    revision: str
    compatible_from: str


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """`version`: 180001 for 18.1. `clock_seconds`: how far its clock is ahead of the client's."""

    version: int
    encoding: str
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    log_error_verbosity: str
    max_connections: int
    is_superuser: bool
    owns_tables: bool
    is_encrypted: bool
    is_local: bool
    clock_seconds: float


async def make_id(db: Connection) -> UUID:
    """A new UUIDv7, for a row whose id is needed before it is inserted; other rows get theirs by default."""
    return await fetch_value(db, UUID, "SELECT uuidv7()")


async def ping(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT 1")


async def find_applied_schema(db: Connection) -> AppliedSchema | None:
    return await fetch_optional(
        db, AppliedSchema, "SELECT version_num AS revision, compatible_from FROM alembic_version"
    )


async def describe_server(db: Connection, *, client_time: datetime) -> ServerFacts:
    """Version, settings and clock of the server, and what the role of this connection may do."""
    return await fetch_one(
        db,
        ServerFacts,
        """
        SELECT current_setting('server_version_num')::int AS version,
               current_setting('server_encoding') AS encoding,
               current_setting('fsync') AS fsync,
               current_setting('full_page_writes') AS full_page_writes,
               current_setting('synchronous_commit') AS synchronous_commit,
               current_setting('log_error_verbosity') AS log_error_verbosity,
               current_setting('max_connections')::int AS max_connections,
               (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
               EXISTS (SELECT FROM pg_tables WHERE tablename = 'alembic_version' AND tableowner = current_user)
                   AS owns_tables,
               EXISTS (SELECT FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS is_encrypted,
               coalesce(host(inet_client_addr()) = host(inet_server_addr()), true) AS is_local,
               extract(epoch FROM clock_timestamp() - %(client_time)s::timestamptz)::double precision AS clock_seconds
        """,
        client_time=client_time,
    )
