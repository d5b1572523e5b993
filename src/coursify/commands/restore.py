"""`coursify restore`: an empty data directory becomes a cluster again."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from coursify.backup import restore as restoring
from coursify.backup.context import make_context
from coursify.backup.errors import BackupError
from coursify.backup.media import restore_media
from coursify.commands.backup_progress import shown_progress
from coursify.commands.environment import find_settings
from coursify.commands.migrate import upgrade
from coursify.core.backup_settings import load_backup_settings
from coursify.core.environment import ConfigurationError


def restore(*, data_dir: Path, media_dir: Path | None = None, backup: str | None = None, at: str | None = None) -> None:
    """Restore the newest state into an empty data directory of PostgreSQL; erased people are erased again.

    Parameters
    ----------
    data_dir
        The data directory: empty, or a path that does not exist yet.
    media_dir
        Where missing media files are written.
    backup
        The id of a backup: its state, without the write-ahead log since then.
    at
        A point in time with its offset, such as 2026-11-26T12:00:00Z: the state of then.
    """
    try:
        _restore(data_dir, media_dir, backup, _moment(at))
    except (BackupError, ConfigurationError) as error:
        sys.exit(str(error))


def _restore(data_dir: Path, media_dir: Path | None, backup: str | None, at: datetime | None) -> None:
    settings, console = find_settings(None), Console(highlight=False, soft_wrap=True)
    with shown_progress() as report:
        context = make_context(load_backup_settings(), settings.database, media_folder=None, report=report)
        found = asyncio.run(
            restoring.restore(context, settings, data_dir.absolute(), migrate=upgrade, backup_id=backup, at=at)
        )
        files = restore_media(context, media_dir.absolute(), at=at) if media_dir else None
    console.print(
        f"[bold green]✓[/] {found.backup_id} is restored in {data_dir}, up to {found.until:%Y-%m-%dT%H:%M:%SZ}."
    )
    if found.gap:
        console.print(
            f"[bold yellow]The stored write-ahead log lacks the segment {found.gap}: what came after is lost.[/]"
        )
    console.print(f"{found.erased} people were erased again; their media and texts go when the worker runs.")
    if files is not None:
        console.print(f"{files} media files were written to {media_dir}.")
    console.print("Next: start PostgreSQL, then the worker, `coursify reconcile` and `coursify audit`, then the API.")


def _moment(text: str | None) -> datetime | None:
    """Raises BackupError unless this is a time with its offset."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BackupError(f"--at expects a time with its offset, such as 2026-11-26T12:00:00Z, not {text!r}.")
    return moment
