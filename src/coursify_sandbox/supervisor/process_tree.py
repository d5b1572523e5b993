"""A process and its descendants, for the pids in run.json."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def list_process_tree(pid: int) -> list[int]:
    """The process and its descendants, oldest first, without the resource tracker that Python itself starts."""
    tree = [pid]
    for child in _list_children(pid):
        if "resource_tracker" not in _command_line(child):
            tree += list_process_tree(child)
    return tree


def _list_children(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += [int(word) for word in (task / "children").read_text().split()]
    return sorted(children)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
