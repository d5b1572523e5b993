"""A restored cluster for a moment: PostgreSQL on a socket that only this account reaches, with no network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from coursify.backup.errors import BackupError
from coursify.backup.programs import Programs, ends_with_us, give_to

START_SECONDS = 24 * 3_600
STOP_SECONDS = 600
POLL_SECONDS = 0.1


class TemporaryServer:
    """`url` connects as any role, without a password."""

    def __init__(self, socket_folder: Path, log: Path) -> None:
        self._socket_folder = socket_folder
        self._log = log

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self._socket_folder}"

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def run_temporary_server(
    programs: Programs, data: Path, *, settings: dict[str, str], role: str
) -> Iterator[TemporaryServer]:
    """Recovers the cluster, runs until the block ends, then shuts down cleanly. Raises BackupError.

    Its configuration is our own: a server of Debian has its files outside of the data directory, and they name paths,
    sockets and a network of another machine.
    """
    # Below /tmp, because a path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="coursify-"))
    try:
        server = TemporaryServer(folder, folder / "log")
        (folder / "pg_hba.conf").write_text("local all all trust\n")
        (folder / "pg_ident.conf").write_text("")
        (folder / "postgresql.conf").write_text(_configuration(folder, settings))
        (folder / "log").touch()
        give_to(programs.account, folder)
        process = _start(programs, data, folder)
        try:
            _wait_until_ready(process, server, role)
            yield server
            _shut_down(process, server)
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configuration(folder: Path, settings: dict[str, str]) -> str:
    own = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700" if os.geteuid() == 0 else "0777",
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "hot_standby": "off",
        "archive_mode": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "max_connections": "20",
        "autovacuum": "off",
    }
    return "".join(f"{name} = '{_quote(value)}'\n" for name, value in (own | settings).items())


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _start(programs: Programs, data: Path, folder: Path) -> subprocess.Popen[bytes]:
    account = programs.account
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # PostgreSQL's program
            [programs.path("postgres"), "-D", str(data), "-c", f"config_file={folder / 'postgresql.conf'}"],
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd=folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=ends_with_us(),  # noqa: PLW1509
        )


def _wait_until_ready(process: subprocess.Popen[bytes], server: TemporaryServer, role: str) -> None:
    """Recovery replays the whole log before the first connection is accepted."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BackupError(_why_it_ended(server.log))
        with suppress(psycopg.OperationalError):
            psycopg.connect(server.url(role, "postgres"), connect_timeout=5).close()
            return
        time.sleep(POLL_SECONDS)
    raise BackupError("The restored PostgreSQL was not ready within a day.")


def _shut_down(process: subprocess.Popen[bytes], server: TemporaryServer) -> None:
    process.send_signal(signal.SIGINT)
    try:
        status = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        status = None
    if status != 0:
        raise BackupError(f"The restored PostgreSQL did not shut down cleanly: {_why_it_ended(server.log)}")


def _why_it_ended(log: str) -> str:
    if "before configured recovery target was reached" in log:
        last = re.findall(r"last completed transaction was at log time (\S+ \S+ \S+)", log)
        until = f"with a transaction of {last[-1]}" if last else "with the backup itself"
        return (
            f"The stored write-ahead log ends {until}, before the time given with --at: "
            "give an earlier time, or leave --at out to restore everything."
        )
    reasons = re.findall(r"(?:FATAL|PANIC|ERROR):\s*(.*)", log) or log.strip().splitlines() or ["no reason given"]
    return f"The restored PostgreSQL does not start: {reasons[-1]}."
