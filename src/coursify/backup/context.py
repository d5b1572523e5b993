"""What every command of the backups needs, read once: settings, the store, the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from coursify.backup.errors import BackupError
from coursify.backup.programs import Programs, find_programs
from coursify.backup.repository import Repository, open_repository
from coursify.core.backup_settings import BackupSettings
from coursify.core.clock import Clock
from coursify.core.database import Database, open_database
from coursify.core.errors import AppError
from coursify.core.logging import log
from coursify.core.queries import backups as queries
from coursify.core.settings import DatabaseSettings

# Counting reads whole tables.
STATEMENT_TIMEOUT_MS = 600_000

# Called with the number of bytes that are done, and of all; 0 where that is not known.
Report = Callable[[str, int, int], None]


def report_nothing(step: str, done: int, total: int) -> None:
    del step, done, total


@dataclass(frozen=True)
class Context:
    """`media_folder`: None where the media store is no folder of this machine."""

    settings: BackupSettings
    database: DatabaseSettings
    media_folder: Path | None
    repository: Repository
    programs: Programs
    report: Report = report_nothing

    @property
    def work_folder(self) -> Path:
        return self.settings.backup_work_folder

    @property
    def replication_url(self) -> str:
        url = self.settings.backup_database_url or self.database.database_owner_url
        if url is None:
            raise BackupError("Set BACKUP_DATABASE_URL to a role of PostgreSQL that has REPLICATION.")
        return url.get_secret_value()


def make_context(
    settings: BackupSettings,
    database: DatabaseSettings,
    *,
    media_folder: Path | None,
    report: Report = report_nothing,
) -> Context:
    return Context(
        settings=settings,
        database=database,
        media_folder=media_folder,
        repository=open_repository(settings),
        programs=find_programs(settings),
        report=report,
    )


@asynccontextmanager
async def open_live_database(context: Context) -> AsyncIterator[Database]:
    """The database that is backed up, by its own clock. Raises BackupError when it cannot be queried."""
    patient = context.database.model_copy(update={"database_statement_timeout_ms": STATEMENT_TIMEOUT_MS})
    try:
        async with open_database(patient, Clock(None)) as database:
            yield database
    except (psycopg.Error, AppError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise BackupError(f"The database cannot be queried: {reason[0]}") from error


async def record_outcome(context: Context, operation: queries.Operation, problem: str | None) -> None:
    """Store when this succeeded, or why not, for metrics and alerts. A database that is away changes no outcome."""
    try:
        async with open_live_database(context) as database, database.transaction() as (db, _now):
            now = datetime.now(UTC)
            if problem is None:
                await queries.record_success(db, operation=operation, now=now)
            else:
                await queries.record_failure(db, operation=operation, problem=problem[:500], now=now)
    except BackupError as error:
        log.warning("backup.outcome_not_recorded", operation=operation, reason=str(error))
