"""Registers a new process with the watchdog, drops privileges, and executes the command.

Run by path with a bare interpreter. The process registers itself, so that the watchdog knows it even when the
supervisor dies directly after the start.
"""

from __future__ import annotations

import contextlib
import os
import sys


def main() -> None:
    pipe, number, uid, gid = (int(value) for value in sys.argv[1:5])
    command = sys.argv[5:]
    with contextlib.suppress(BrokenPipeError):
        os.write(pipe, f"+{os.getpid()} {number}\n".encode())
    os.close(pipe)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.execv(command[0], command)  # noqa: S606  the supervisor composes the command; a shell would only add quoting


if __name__ == "__main__":
    main()
