"""docs/operations/configure.md lists every setting of the code, with the default that the code has."""

from __future__ import annotations

from scripts.setting_table import build_page
from tests.house.checked_in import assert_checked_in

from coursify.core.backup_settings import BackupSettings
from coursify.core.settings import VARIABLES


def test_the_settings_are_written_down() -> None:
    assert_checked_in("docs/operations/configure.md", build_page())


def test_every_setting_is_on_the_page_once() -> None:
    rows = [line for line in build_page().splitlines() if line.startswith("| `")]
    names = [row.split("`")[1] for row in rows]
    assert sorted(names) == sorted({*VARIABLES, *(name.upper() for name in BackupSettings.model_fields)})
