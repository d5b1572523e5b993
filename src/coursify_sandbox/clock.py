"""The sandbox's clock: seconds that API, worker and stand-ins add to the true time, kept in one file."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import DataFolder, locate_data_folder, write_private
from coursify_sandbox.errors import SandboxError

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MOVE = re.compile(r"\+?(?:(?:\d+)[smhdw])+")


def clock(
    move: str | None = None,
    /,
    *,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None,
) -> None:
    """Show the sandbox's clock, move it forward, or set it right.

    Parameters
    ----------
    move
        How far forward from where it stands: +3d, +36h, +1d12h, +90s; or `reset`.
    data_dir
        The sandbox's data folder.
    """
    folder = locate_data_folder(data_dir)
    try:
        offset = move_clock(folder, move) if move else read_offset(folder)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    now = datetime.now(UTC) + timedelta(seconds=offset)
    ahead = f"{timedelta(seconds=int(offset))} ahead" if offset else "the true time"
    Console().print(f"{now:%Y-%m-%d %H:%M:%S} UTC, {ahead}", highlight=False)


def move_clock(folder: DataFolder, move: str) -> float:
    """Move the clock and return how many seconds it is ahead now."""
    if not folder.root.is_dir():
        raise SandboxError(f"There is no sandbox in {folder.root}: start one with `make run`.")
    offset = 0.0 if move == "reset" else read_offset(folder) + parse_move(move)
    write_private(folder.clock_offset, f"{offset:.0f}\n")
    return offset


def read_offset(folder: DataFolder) -> float:
    try:
        return float(folder.clock_offset.read_text())
    except (OSError, ValueError):
        return 0.0


def parse_move(move: str) -> float:
    """`+1d12h` is 129,600 seconds."""
    if not MOVE.fullmatch(move):
        raise SandboxError(f"`{move}` moves no clock: write +3d, +36h, +1d12h or +90s, or `reset`.")
    return float(sum(int(count) * UNITS[unit] for count, unit in re.findall(r"(\d+)([smhdw])", move)))
