"""Outlives a supervisor that was killed hard, just long enough to end the children it left behind.

Reads `+pid` and `-pid` lines from the supervisor's pipe. When the pipe closes without a `bye`, the supervisor is
dead: run.json goes at once, and what does not follow by itself within the grace is killed, each child with its
whole process group.
"""

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
    run_file = Path(sys.argv[1])
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "bye":
            return
        (groups.add if word[0] == "+" else groups.discard)(int(word[1:]))
    run_file.unlink(missing_ok=True)
    _end(groups)


def _end(groups: set[int]) -> None:
    """A group whose leader is gone has nobody left to end it; a living leader gets the time to end its own."""
    deadline = time.monotonic() + GRACE_SECONDS
    while groups:
        for group in list(groups):
            if not _lives(group) or time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
                groups.discard(group)
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected does not."""
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
