"""Processor time and memory of a process and of everything that it started, from /proc."""

from __future__ import annotations

import os
import re
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree_of(pid: int) -> list[int]:
    """The process and its descendants."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        if fields := _fields(int(path.name)):
            parents.setdefault(int(fields[1]), []).append(int(path.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def cpu_seconds(pid: int) -> float:
    """Of all of them, and of children of the first one that have ended."""
    total = 0
    for one in tree_of(pid):
        if fields := _fields(one):
            total += int(fields[11]) + int(fields[12])
            total += int(fields[13]) + int(fields[14]) if one == pid else 0
    return total / TICKS


def resident_mb(pid: int) -> float:
    total = 0
    for one in tree_of(pid):
        try:
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{one}/status").read_text())
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total / 1024


def _fields(pid: int) -> list[str] | None:
    """Those of /proc/PID/stat after the name, which may have spaces."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()
