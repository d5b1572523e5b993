"""The sandbox's clock moves forward by what one says, and `reset` sets it right."""

from pathlib import Path

import pytest

from coursify.core.clock import Clock
from coursify_sandbox.clock import move_clock, parse_move
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError


@pytest.mark.parametrize(("move", "seconds"), [("+3d", 259_200), ("36h", 129_600), ("+1d12h", 129_600), ("+90s", 90)])
def test_a_move_is_read(move: str, seconds: float) -> None:
    assert parse_move(move) == seconds


@pytest.mark.parametrize("move", ["", "+", "3", "-3d", "+3y", "tomorrow"])
def test_a_move_that_means_nothing_is_refused(move: str) -> None:
    with pytest.raises(SandboxError, match="moves no clock"):
        parse_move(move)


def test_moves_add_up_and_the_application_reads_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    clock = Clock(folder.clock_offset)
    assert clock.offset_seconds() == 0
    move_clock(folder, "+3d")
    move_clock(folder, "+1h")
    assert clock.offset_seconds() == 262_800
    move_clock(folder, "reset")
    assert clock.offset_seconds() == 0


def test_without_a_sandbox_there_is_no_clock(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="There is no sandbox in"):
        move_clock(DataFolder(tmp_path / "nothing"), "+3d")
