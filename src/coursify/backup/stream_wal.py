"""Receives the write-ahead log as it is written, and stores it sealed: at most a few seconds can be lost."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from coursify.backup.compression import compress
from coursify.backup.context import Context, open_live_database, record_outcome
from coursify.backup.errors import BackupError
from coursify.backup.locks import make_work_folder, only_one
from coursify.backup.programs import connection_of, ends_with_us, last_line, run
from coursify.backup.tombstones import store_tombstones
from coursify.backup.wal_files import HISTORY, PARTIAL, SEGMENT, folder_of_wal
from coursify.core.logging import log
from coursify.core.queries import backups as queries

RESTART_SECONDS = 1.0
LOOK_SECONDS = 10.0
STOP_SECONDS = 10.0
PIECE_BYTES = 1_048_576


def stream_wal(context: Context, *, is_stopped: Callable[[], bool]) -> None:
    """Runs until `is_stopped`. PostgreSQL or the store may be away for a while: both are tried again."""
    with only_one(context.work_folder, "wal"):
        receiver = Receiver(context, make_work_folder(context.work_folder, "wal"))
        try:
            while not is_stopped():
                receiver.work()
                time.sleep(context.settings.backup_wal_seconds / 2)
        finally:
            receiver.stop()


class Receiver:
    """pg_receivewal writes into the spool; what is complete there is stored and deleted, the rest stored again."""

    def __init__(self, context: Context, spool: Path) -> None:
        self._context = context
        self._spool = spool
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = (spool / "pg_receivewal.log").open("w+b")
        self._system_id = _read_if_there(spool / "system-id")
        self._stored_histories: set[str] = set()
        self._stored_partial: tuple[str, int] = ("", 0)
        self._started = self._looked = 0.0
        self._problem: str | None = "not started"

    def work(self) -> None:
        """One round. What goes wrong is logged once, and published; the next round tries again."""
        try:
            problem = self._start_if_needed()
            self._store()
        except BackupError as error:
            problem = str(error)
        if time.monotonic() - self._looked >= LOOK_SECONDS or problem != self._problem:
            problem = self._look(problem)
        if problem != self._problem:
            if problem:
                log.warning("backup.wal_interrupted", reason=problem)
            else:
                log.info("backup.wal_streams", slot=self._context.settings.backup_slot)
            self._problem = problem

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self._process.kill()
        with suppress(BackupError):
            self._store()
        self._errors.close()

    def _start_if_needed(self) -> str | None:
        """Start pg_receivewal, a second after its last start at the earliest. Returns what is wrong until then."""
        if self._process is not None and self._process.poll() is None:
            return None
        if time.monotonic() - self._started < RESTART_SECONDS:
            return self._problem
        self._started = time.monotonic()
        connection, environment = connection_of(self._context.replication_url, application_name="coursify_wal")
        program = [self._context.programs.path("pg_receivewal"), f"--dbname={connection}", "--no-password"]
        program.append(f"--slot={self._context.settings.backup_slot}")
        if self._process is not None:
            self._recover(self._last_error(), program, environment)
            self._process = None
        self._prepare_spool(asyncio.run(_read_facts(self._context)))
        run([*program, "--create-slot", "--if-not-exists"], environment=environment)
        self._errors.seek(0)
        self._errors.truncate()
        self._process = subprocess.Popen(  # noqa: S603  # PostgreSQL's program
            [*program, f"--directory={self._spool}", "--synchronous", "--no-loop", "--status-interval=1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            preexec_fn=ends_with_us(),  # noqa: PLW1509
        )
        return None

    def _recover(self, reason: str, program: list[str], environment: dict[str, str]) -> None:
        """When the server has deleted what comes next, go on with what it still has. A full backup closes the gap."""
        if "no longer" in reason or "invalidated" in reason:
            log.error("backup.slot_lost", reason=reason, remedy="coursify backup full")
            run([*program, "--drop-slot"], environment=environment)
        if "no longer" in reason or "invalidated" in reason or "already been removed" in reason:
            log.error("backup.wal_gap", reason=reason, remedy="coursify backup full")
            self._store()
            self._empty_spool()

    def _empty_spool(self) -> None:
        for path in self._spool.iterdir():
            if SEGMENT.fullmatch(path.name.removesuffix(PARTIAL)):
                path.unlink(missing_ok=True)

    def _prepare_spool(self, facts: queries.ServerFacts) -> None:
        """What an earlier cluster or timeline left is stored, then deleted: the new one begins where its slot is."""
        left = [path for path in self._spool.iterdir() if SEGMENT.fullmatch(path.name.removesuffix(PARTIAL))]
        is_other = self._system_id not in {None, facts.system_id}
        if left and (is_other or any(int(path.name[:8], 16) != facts.timeline for path in left)):
            self._store()
            self._empty_spool()
        self._system_id = facts.system_id
        (self._spool / "system-id").write_text(facts.system_id)

    def _store(self) -> None:
        """Store every complete file and delete it; store the partial one when it has changed."""
        if self._system_id is None:
            return
        folder = folder_of_wal(self._system_id)
        for path in sorted(self._spool.iterdir()):
            if SEGMENT.fullmatch(path.name):
                self._write(f"{folder}/{path.name}", path)
                path.unlink()
                self._context.repository.delete([f"{folder}/{path.name}{PARTIAL}"])
            elif HISTORY.fullmatch(path.name) and path.name not in self._stored_histories:
                self._write(f"{folder}/{path.name}", path)
                self._stored_histories.add(path.name)
            elif path.name.endswith(PARTIAL):
                self._store_partial(folder, path)

    def _store_partial(self, folder: str, path: Path) -> None:
        with suppress(FileNotFoundError):  # it has just become complete
            state = (path.name, path.stat().st_mtime_ns)
            if state != self._stored_partial:
                self._write(f"{folder}/{path.name}", path)
                self._stored_partial = state

    def _write(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._context.repository.write(name, compress(iter(lambda: file.read(PIECE_BYTES), b"")))

    def _look(self, problem: str | None) -> str | None:
        """Store the tombstones, publish the state; return what is wrong."""
        self._looked = time.monotonic()
        if problem is None and self._process is not None and self._process.poll() is not None:
            problem = f"pg_receivewal ended: {self._last_error()}."
        try:
            asyncio.run(_store_tombstones(self._context))
        except BackupError as error:
            problem = problem or str(error)
        asyncio.run(record_outcome(self._context, "wal", problem))
        return problem

    def _last_error(self) -> str:
        self._errors.seek(0)
        return last_line(self._errors.read().decode(errors="replace"))


async def _read_facts(context: Context) -> queries.ServerFacts:
    async with open_live_database(context) as database, database.read() as db:
        return await queries.get_server_facts(db)


async def _store_tombstones(context: Context) -> None:
    async with open_live_database(context) as database, database.read() as db:
        await store_tombstones(context.repository, db)


def _read_if_there(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
