"""Takes a base backup: pg_basebackup's tar is checked, compressed and sealed while it streams into the store."""

from __future__ import annotations

import asyncio
import importlib.metadata
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Full, Queue

from coursify.backup.compression import compress
from coursify.backup.context import Context, open_live_database
from coursify.backup.errors import BackupError
from coursify.backup.locks import make_work_folder, only_one
from coursify.backup.models import Backup, Kind, folder_of
from coursify.backup.postgres_manifest import Manifest, check_tar
from coursify.backup.programs import connection_of, ends_with_us, last_line, require_room
from coursify.backup.repository import DATA_FILE, MANIFEST_FILE
from coursify.core.database import Database
from coursify.core.queries import backups as queries

PIPE_BYTES = 1_048_576
WAITING_CHUNKS = 16
MIB = 1_048_576


async def take_backup(context: Context, *, kind: Kind) -> Backup:
    """A full backup, or what has changed since the newest one. Without one to build on, a full one is taken."""
    with only_one(context.work_folder, "base"):
        async with open_live_database(context) as database:
            async with database.read() as db:
                facts, revision = await queries.get_server_facts(db), await queries.get_revision(db)
            context.programs.require_major(int(facts.version.split(".")[0]), "The server")
            parent = _choose_parent(context, facts) if kind == "incremental" else None
            _require_room_for(context, facts.size_bytes // (4 if parent else 1))
            return await _take(context, database, facts, revision, parent)


async def _take(
    context: Context, database: Database, facts: queries.ServerFacts, revision: str, parent: Backup | None
) -> Backup:
    """It is listed at the end, when everything of it is stored."""
    before, started_at = await _count(database), datetime.now(UTC)
    kind: Kind = "incremental" if parent else "full"
    backup_id = f"{started_at:%Y%m%dT%H%M%SZ}-{kind}"
    try:
        manifest, sizes = await asyncio.to_thread(_store_base, context, backup_id, parent, facts.size_bytes)
        after = await _count(database)
        backup = Backup(
            id=backup_id,
            kind=kind,
            parent=parent.id if parent else None,
            started_at=started_at,
            finished_at=datetime.now(UTC),
            system_id=manifest.system_id,
            server_version=facts.version,
            app_version=importlib.metadata.version("coursify"),
            revision=revision,
            database=facts.database,
            timeline=manifest.timeline,
            wal_start=manifest.wal_start(facts.segment_bytes),
            segment_bytes=facts.segment_bytes,
            plain_bytes=sizes[0],
            stored_bytes=sizes[1],
            key=context.repository.current_key,
            counts={table: (count, after[table]) for table, count in before.items()},
        )
        context.repository.add_backup(backup)
    except BaseException:
        _delete_unfinished(context, backup_id)
        raise
    return backup


def _choose_parent(context: Context, facts: queries.ServerFacts) -> Backup | None:
    """The newest backup, unless it is of another cluster or from before a restore."""
    if not facts.summarizes_wal:
        raise BackupError(
            "Incremental backups need summarize_wal=on: run ALTER SYSTEM SET summarize_wal = on; "
            "SELECT pg_reload_conf(); then take a full backup first."
        )
    backups = [backup for backup in context.repository.list_backups() if backup.system_id == facts.system_id]
    return backups[-1] if backups and backups[-1].timeline == facts.timeline else None


async def _count(database: Database) -> dict[str, int]:
    async with database.read() as db:
        return {found.table_name: found.rows for found in await queries.count_rows(db)}


def _require_room_for(context: Context, needed: int) -> None:
    folder = context.repository.store.folder
    if folder is not None:
        require_room(folder, needed + 64 * MIB, "The backup")


def _store_base(
    context: Context, backup_id: str, parent: Backup | None, expected: int
) -> tuple[Manifest, tuple[int, int]]:
    """The manifest, and the size of the backup: plain and stored."""
    repository, folder = context.repository, folder_of(backup_id)
    with _parent_manifest(context, parent) as manifest_file:
        stream = _BaseBackup(context, manifest_file, expected)
        stored = repository.write(f"{folder}/{DATA_FILE}", compress(stream.chunks()), expected_bytes=expected)
    if stream.manifest is None:
        raise AssertionError("a stream that ended has been checked")
    repository.write(f"{folder}/{MANIFEST_FILE}", [stream.manifest.text])
    return stream.manifest, (stream.size, stored)


@contextmanager
def _parent_manifest(context: Context, parent: Backup | None) -> Iterator[Path | None]:
    if parent is None:
        yield None
        return
    folder = make_work_folder(context.work_folder, "manifests")
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for chunk in context.repository.read(f"{parent.folder}/{MANIFEST_FILE}"):
            file.write(chunk)
        file.flush()
        yield Path(file.name)


class _BaseBackup:
    """The tar of pg_basebackup. It ends without an error only when the program succeeded and every file is right."""

    def __init__(self, context: Context, parent_manifest: Path | None, expected: int) -> None:
        self._context = context
        self._parent_manifest = parent_manifest
        self._expected = expected
        self.manifest: Manifest | None = None
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        waiting: Queue[bytes] = Queue(WAITING_CHUNKS)
        with ThreadPoolExecutor(1) as pool:
            checking = pool.submit(check_tar, iter(waiting.get, b""))
            try:
                for chunk in self._run():
                    self.size += len(chunk)
                    self._context.report("database", self.size, self._expected)
                    if not _put(waiting, chunk, checking):
                        break
                    yield chunk
            finally:
                _put(waiting, b"", checking)
            self.manifest = checking.result()

    def _run(self) -> Iterator[bytes]:
        connection, environment = connection_of(self._context.replication_url, application_name="coursify_backup")
        arguments = [
            self._context.programs.path("pg_basebackup"),
            f"--dbname={connection}",
            *("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"),
            *("--manifest-checksums=SHA256", "--no-password", "--label=coursify"),
        ]
        if self._parent_manifest:
            arguments.append(f"--incremental={self._parent_manifest}")
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603  # PostgreSQL's program
                arguments,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                preexec_fn=ends_with_us(),  # noqa: PLW1509
            )
            try:
                if process.stdout is None:
                    raise AssertionError("stdout is a pipe")
                while chunk := process.stdout.read(PIPE_BYTES):
                    yield chunk
                if process.wait() != 0:
                    errors.seek(0)
                    raise BackupError(f"pg_basebackup failed: {last_line(errors.read().decode(errors='replace'))}.")
            finally:
                process.kill()
                process.communicate()


def _put(waiting: Queue[bytes], chunk: bytes, checking: Future[Manifest]) -> bool:
    """False when nobody reads any more, because a file was wrong."""
    while not checking.done():
        try:
            waiting.put(chunk, timeout=0.2)
            return True
        except Full:
            continue
    return False


def _delete_unfinished(context: Context, backup_id: str) -> None:
    """What a failed backup has stored already. Where the store is away, `prune` does it later."""
    with suppress(BackupError):
        context.repository.delete([stored.path for stored in context.repository.list_files(folder_of(backup_id))])
