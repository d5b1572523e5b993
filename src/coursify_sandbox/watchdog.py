"""Ends the processes of a supervisor that died without stopping them.

Run by path with the run file as its argument. Standard input is a pipe. Each process registers itself there with
`+PID SIGNAL` before it executes its command; the supervisor writes `-PID` when a process has ended, and `bye` when it
stops in order. End of file without `bye` means that the supervisor is dead: the watchdog deletes the run file, sends
each process group its signal, and kills the groups that still run after GRACE_SECONDS.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

GRACE_SECONDS = 4.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signals: dict[int, int] = {}
    for line in sys.stdin:
        word, _, number_sent = line.strip().partition(" ")
        if word == "bye":
            return
        if word.startswith("+"):
            signals[int(word[1:])] = int(number_sent)
        else:
            signals.pop(int(word[1:]), None)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).unlink(missing_ok=True)
    end_groups(signals)


def end_groups(signals: dict[int, int]) -> None:
    """Signal each group, wait for its leader, then kill the group, because other members may still run."""
    for group, number in signals.items():
        signal_group(group, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(is_running(group) for group in signals) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in signals:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


if __name__ == "__main__":
    main()
