"""The sandbox's clock: a file with the seconds that API, worker and stand-ins add to real time."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import DataFolder, locate_data_folder, write_private_file
from coursify_sandbox.errors import SandboxError

SECONDS_PER_UNIT = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
ADVANCE = re.compile(r"\+?(?:(?:\d+)[smhdw])+")


def clock(
    advance: str | None = None,
    /,
    *,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None,
) -> None:
    """Show the sandbox's clock, advance it, or reset it to real time.

    Parameters
    ----------
    advance
        How far to advance the clock: +3d, +36h, +1d12h, +90s; or `reset`.
    data_dir
        The sandbox's data folder.
    """
    folder = locate_data_folder(data_dir)
    try:
        offset = advance_clock(folder, advance) if advance else read_offset(folder)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    now = datetime.now(UTC) + timedelta(seconds=offset)
    distance = f"{timedelta(seconds=int(offset))} ahead of real time" if offset else "real time"
    Console().print(f"{now:%Y-%m-%d %H:%M:%S} UTC, {distance}", highlight=False)


def advance_clock(folder: DataFolder, text: str) -> float:
    """Advance the clock by `+3d`, or reset it; return its offset in seconds."""
    if not folder.root.is_dir():
        raise SandboxError(f"There is no sandbox in {folder.root}: start one with `make run`.")
    offset = 0.0 if text == "reset" else read_offset(folder) + parse_duration(text)
    write_private_file(folder.clock_offset, f"{offset:.0f}\n")
    return offset


def read_offset(folder: DataFolder) -> float:
    try:
        return float(folder.clock_offset.read_text())
    except (OSError, ValueError):
        return 0.0


def parse_duration(text: str) -> float:
    """The seconds of a duration: `+1d12h` is 129,600."""
    if not ADVANCE.fullmatch(text):
        raise SandboxError(f"`{text}` is not a duration: use +3d, +36h, +1d12h, +90s, or `reset`.")
    return float(sum(int(count) * SECONDS_PER_UNIT[unit] for count, unit in re.findall(r"(\d+)([smhdw])", text)))
