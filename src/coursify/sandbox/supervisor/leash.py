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
    deadline = time.monotonic() + GRACE_SECONDS
    while any(_exists(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
