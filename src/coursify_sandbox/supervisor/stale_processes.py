"""Ends processes that an earlier supervisor left running; their ids are recorded while it runs."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from coursify_sandbox.data_folder import DataFolder, write_private_file
from coursify_sandbox.subprocesses import Process, signal_group

TIMEOUT_SECONDS = 8.0


def record_processes(folder: DataFolder, processes: Mapping[str, Process | None]) -> None:
    """Write the process ids with their start times, because the kernel reuses process ids."""
    recorded = {
        name: [process.pid, start_time(process.pid)] for name, process in processes.items() if process is not None
    }
    write_private_file(folder.processes_file, json.dumps(recorded))


def end_stale_processes(folder: DataFolder) -> None:
    """End the recorded processes that still run: PostgreSQL by an immediate shutdown, the others by SIGKILL."""
    try:
        recorded: dict[str, tuple[int, str]] = json.loads(folder.processes_file.read_text())
    except (OSError, ValueError):
        return
    stale = {name: pid for name, (pid, started) in recorded.items() if started and start_time(pid) == started}
    for name, pid in stale.items():
        signal_group(pid, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    for name, pid in stale.items():
        while start_time(pid) == recorded[name][1] and time.monotonic() < deadline:
            time.sleep(0.05)
    folder.processes_file.unlink(missing_ok=True)


def start_time(pid: int) -> str:
    """The start time of a running process as the kernel reports it; empty when the process does not run."""
    with suppress(OSError, IndexError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if after_name[0] == "Z" else after_name[19]
    if Path("/proc/self/stat").exists():
        return ""
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()
