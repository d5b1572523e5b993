"""What is done in a restored cluster before it counts as restored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from coursify.backup.context import STATEMENT_TIMEOUT_MS, Context
from coursify.backup.errors import BackupError
from coursify.backup.models import Backup
from coursify.backup.temporary_server import TemporaryServer
from coursify.backup.tombstones import read_stored_tombstones
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database, open_database
from coursify.core.errors import AppError
from coursify.core.queries import backups as queries
from coursify.core.settings import DatabaseSettings, Settings
from coursify.invariants.examine import examine
from coursify.invariants.models import Finding
from coursify.modules.privacy.services.replay_tombstones import replay_tombstones
from coursify.personal_data import ROOMS


def connecting_role(settings: DatabaseSettings) -> str:
    """The owner of the tables, or the role of the application where only that is configured."""
    url = settings.database_owner_url or settings.database_url
    role = conninfo_to_dict(url.get_secret_value()).get("user")
    if not role:
        raise BackupError("DATABASE_URL names no role: write it as postgresql://role:password@host/database.")
    return str(role)


def restored_database(settings: DatabaseSettings, server: TemporaryServer, backup: Backup) -> DatabaseSettings:
    """The restored database, for the roles of the live one."""
    application = str(conninfo_to_dict(settings.database_url.get_secret_value()).get("user"))
    return settings.model_copy(
        update={
            "database_url": SecretStr(server.url(application, backup.database)),
            "database_owner_url": SecretStr(server.url(connecting_role(settings), backup.database)),
            "database_statement_timeout_ms": STATEMENT_TIMEOUT_MS,
            "database_pool_size": 2,
            "database_read_pool_size": 1,
        }
    )


def bring_to_this_version(
    database: DatabaseSettings, backup: Backup, migrate: Callable[[DatabaseSettings], None]
) -> None:
    """Migrate the schema of an older backup. Raises BackupError for one of a newer version."""
    config = Config()
    config.set_main_option("script_location", "coursify:migrations")
    revisions = ScriptDirectory.from_config(config)
    if backup.revision not in {revision.revision for revision in revisions.walk_revisions()}:
        raise BackupError(
            f"Backup {backup.id} was taken with version {backup.app_version}, which is newer than this one: "
            "restore it with that version."
        )
    if backup.revision != revisions.get_current_head():
        try:
            migrate(database)
        except psycopg.Error as error:
            raise BackupError(f"The restored database cannot be migrated: {error}") from error


async def erase_again(context: Context, settings: Settings, database: DatabaseSettings) -> int:
    """Erase the people of the stored tombstones; return how many had come back."""
    sealer = Sealer(settings.keys.encryption_keys)
    async with _open(database) as opened:
        return await replay_tombstones(
            opened, tombstones=read_stored_tombstones(context.repository), sealer=sealer, steps=ROOMS
        )


async def count_restored(database: DatabaseSettings) -> dict[str, int]:
    async with _open(database) as opened, opened.read() as db:
        return {found.table_name: found.rows for found in await queries.count_rows(db)}


async def audit_restored(database: DatabaseSettings) -> list[Finding]:
    """The invariants that do not hold."""
    async with _open(database) as opened:
        now = await opened.now()
        async with opened.read() as db:
            return [finding for finding in await examine(db, now=now) if finding.is_broken]


@asynccontextmanager
async def _open(settings: DatabaseSettings) -> AsyncIterator[Database]:
    try:
        async with open_database(settings, Clock(None)) as database:
            yield database
    except (psycopg.Error, AppError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise BackupError(
            f"The restored database cannot be queried ({reason[0]}): are the roles of DATABASE_URL and "
            "DATABASE_OWNER_URL those of the backup?"
        ) from error
