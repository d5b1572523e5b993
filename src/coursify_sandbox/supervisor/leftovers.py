"""What a supervisor that was killed hard may have left running, found and ended by the next one."""

import json
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from coursify_sandbox.data_folder import DataFolder, write_private
from coursify_sandbox.processes import Process, signal_group

PATIENCE = 8.0


def note_children(folder: DataFolder, processes: Mapping[str, Process | None]) -> None:
    """Write down who runs, with the moment each was born, because the kernel gives process ids again."""
    noted = {name: [process.pid, birth(process.pid)] for name, process in processes.items() if process is not None}
    write_private(folder.children, json.dumps(noted))


def end_leftovers(folder: DataFolder) -> None:
    """End children of an earlier supervisor that still run: PostgreSQL by its quick stop, others at once."""
    try:
        noted: dict[str, tuple[int, str]] = json.loads(folder.children.read_text())
    except (OSError, ValueError):
        return
    alive = {name: pid for name, (pid, born) in noted.items() if born and birth(pid) == born}
    for name, pid in alive.items():
        signal_group(pid, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    for name, pid in alive.items():
        while birth(pid) == noted[name][1] and time.monotonic() < deadline:
            time.sleep(0.05)
    folder.children.unlink(missing_ok=True)


def birth(pid: int) -> str:
    """When a living process was started, in the kernel's own words; empty for a dead one."""
    with suppress(OSError, IndexError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if after_name[0] == "Z" else after_name[19]
    if Path("/proc/self/stat").exists():
        return ""
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()
