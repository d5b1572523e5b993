"""Who descends from whom: the pids of a part, and orphans that must be taken leave of."""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def list_family(pid: int) -> list[int]:
    """The process and its descendants, oldest first; the helpers that Python itself starts are left out."""
    family = [pid]
    for child in list_children(pid):
        if "resource_tracker" not in _words(child):
            family += list_family(child)
    return family


def list_children(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += [int(word) for word in (task / "children").read_text().split()]
    return sorted(children)


def adopt_orphans() -> None:
    """Ask the kernel to hand us the orphans of our children, so that none stays behind as a zombie."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury_orphans(known: set[int]) -> None:
    """Collect dead orphans; children that we started ourselves are waited for elsewhere."""
    for pid in list_children(os.getpid()):
        if pid not in known:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
