"""`coursify backup`: base backups, the write-ahead log and media, sealed, kept as long as BACKUP_KEEP says."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import Parameter
from rich.console import Console
from rich.filesize import decimal

from coursify.backup import prune as pruning
from coursify.backup import verify as verifying
from coursify.backup.context import Context, make_context, open_live_database, record_outcome
from coursify.backup.errors import BackupError
from coursify.backup.keys_in_use import list_keys_in_use
from coursify.backup.media import back_up_media, folder_of_media
from coursify.backup.models import Backup, Kind
from coursify.backup.stream_wal import stream_wal
from coursify.backup.take_backup import take_backup
from coursify.backup.tombstones import store_tombstones
from coursify.commands.backup_progress import shown_progress
from coursify.commands.environment import find_settings
from coursify.commands.migrate import upgrade
from coursify.core.backup_settings import load_backup_settings
from coursify.core.environment import ConfigurationError
from coursify.core.logging import configure_logging
from coursify.core.queries.backups import Operation
from coursify.core.settings import Settings

Result = TypeVar("Result")
DataDir = Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", show=False)]
CONSOLE = Console(highlight=False, soft_wrap=True)


def full(*, data_dir: DataDir = None) -> None:
    """Back up the whole database, and what is new of the media."""
    _take("full", data_dir)


def incremental(*, data_dir: DataDir = None) -> None:
    """Back up what has changed since the newest backup, and what is new of the media."""
    _take("incremental", data_dir)


def media(*, data_dir: DataDir = None) -> None:
    """Back up what is new in the folder of media."""
    with _context(data_dir) as (context, _settings):
        found = _recorded(context, "media", lambda: back_up_media(context))
    if found is None:
        CONSOLE.print("The media are in no folder of this machine: their store keeps versions of its own.")
    else:
        CONSOLE.print(f"Media: {found.files} files, {found.new_files} of them new ({decimal(found.new_bytes)}).")


def wal(*, data_dir: DataDir = None) -> None:
    """Receive the write-ahead log as it is written and store it, until SIGTERM."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_received: stopped.set())
    with _context(data_dir) as (context, settings):
        configure_logging(settings.app)
        stream_wal(context, is_stopped=stopped.is_set)


def list_(*, data_dir: DataDir = None) -> None:
    """List the complete backups, the oldest first."""
    with _context(data_dir) as (context, _settings):
        backups = context.repository.list_backups()
        keys = list_keys_in_use(context.repository, backups)
    for backup in backups:
        ended = f"{backup.finished_at:%Y-%m-%dT%H:%M:%SZ}"
        sizes = f"{decimal(backup.plain_bytes)} in {decimal(backup.stored_bytes)}"
        CONSOLE.print(f"{backup.id}  ended {ended}, {sizes}, key {backup.key}, on {backup.parent or 'nothing'}")
    if not backups:
        CONSOLE.print("There is no complete backup.")
    CONSOLE.print(f"Keys that something needs: {', '.join(keys) or 'none'}.")


def verify(*, backup: str | None = None, data_dir: DataDir = None) -> None:
    """Restore into a temporary cluster, check invariants, counts, erased people and media, then delete it.

    Parameters
    ----------
    backup
        The id of a backup; without it, the newest one and the write-ahead log since then.
    """
    with _context(data_dir) as (context, settings):
        found = _recorded(
            context,
            "verify",
            lambda: asyncio.run(verifying.verify(context, settings, migrate=upgrade, backup_id=backup)),
        )
    CONSOLE.print(
        f"[bold green]✓[/] {found.backup_id} was restored up to {found.until:%Y-%m-%dT%H:%M:%SZ}: {found.rows} rows "
        f"compared, every invariant holds, {found.erased} people erased again, {found.media} media files are stored."
    )


def prune(*, data_dir: DataDir = None) -> None:
    """Delete the backups that BACKUP_KEEP does not keep, and what only they need."""
    with _context(data_dir) as (context, _settings):
        found = _recorded(context, "prune", lambda: pruning.prune(context))
    for backup_id in found.backups:
        CONSOLE.print(f"Deleted {backup_id}")
    CONSOLE.print(
        f"{len(found.backups)} backups, {found.segments} segments of the log and {found.media} media files deleted."
    )


def _take(kind: Kind, data_dir: Path | None) -> None:
    with _context(data_dir) as (context, _settings):
        backup = _recorded(context, kind, lambda: asyncio.run(_take_with_tombstones(context, kind)))
        found = _recorded(context, "media", lambda: back_up_media(context))
    if backup.kind != kind:
        CONSOLE.print("[yellow]There was no backup of this cluster to build on, so a full one was taken.[/]")
    new = f", {found.new_files} new media files" if found else ""
    CONSOLE.print(
        f"[bold green]✓[/] {backup.id}: {decimal(backup.plain_bytes)}, stored in {decimal(backup.stored_bytes)}{new}."
    )


async def _take_with_tombstones(context: Context, kind: Kind) -> Backup:
    backup = await take_backup(context, kind=kind)
    async with open_live_database(context) as database, database.read() as db:
        await store_tombstones(context.repository, db)
    return backup


def _recorded(context: Context, operation: Operation, work: Callable[[], Result]) -> Result:
    """Run this and store its outcome, for metrics and alerts."""
    try:
        result = work()
    except BackupError as error:
        asyncio.run(record_outcome(context, operation, str(error)))
        raise
    asyncio.run(record_outcome(context, operation, None))
    return result


@contextmanager
def _context(data_dir: Path | None) -> Iterator[tuple[Context, Settings]]:
    """Settings, store and programs. What goes wrong ends the command with one sentence."""
    try:
        settings = find_settings(data_dir)
        with shown_progress() as report:
            yield (
                make_context(
                    load_backup_settings(),
                    settings.database,
                    media_folder=folder_of_media(settings.media),
                    report=report,
                ),
                settings,
            )
    except (BackupError, ConfigurationError) as error:
        sys.exit(str(error))
