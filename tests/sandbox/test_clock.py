"""`coursify sandbox clock` advances the sandbox's clock or resets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursify.core.clock import Clock
from coursify_sandbox.clock import advance_clock, parse_duration
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError


@pytest.mark.parametrize(("text", "seconds"), [("+3d", 259_200), ("36h", 129_600), ("+1d12h", 129_600), ("+90s", 90)])
def test_a_duration_is_parsed(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "+", "3", "-3d", "+3y", "tomorrow"])
def test_an_invalid_duration_is_rejected(text: str) -> None:
    with pytest.raises(SandboxError, match="is not a duration"):
        parse_duration(text)


def test_advances_add_up_and_the_application_reads_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    clock = Clock(folder.clock_offset)
    assert clock.offset_seconds() == 0
    advance_clock(folder, "+3d")
    advance_clock(folder, "+1h")
    assert clock.offset_seconds() == 262_800
    advance_clock(folder, "reset")
    assert clock.offset_seconds() == 0


def test_without_a_sandbox_the_clock_cannot_be_advanced(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="There is no sandbox in"):
        advance_clock(DataFolder(tmp_path / "nothing"), "+3d")
