"""Revisions are numbered without gaps, and each is a pair: NNNN_name.py and NNNN_name.sql."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.sources import ROOT

MIGRATIONS = "src/coursify/migrations"
VERSIONS = ROOT / MIGRATIONS / "versions"
REVISIONS = sorted(path.stem for path in VERSIONS.glob("*.py"))


def test_every_revision_has_its_sql() -> None:
    assert sorted(path.stem for path in VERSIONS.glob("*.sql")) == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_follows_the_one_before_it(revision: str) -> None:
    number = REVISIONS.index(revision) + 1
    before = f'"{number - 1:04}"' if number > 1 else "None"
    assert re.fullmatch(rf"{number:04}_[a-z0-9_]+", revision)
    assert f'\nrevision = "{number:04}"\ndown_revision = {before}\n' in (VERSIONS / f"{revision}.py").read_text()


def test_a_new_revision_is_the_next_pair(tmp_path: Path) -> None:
    shutil.copytree(ROOT / MIGRATIONS, tmp_path / MIGRATIONS)
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts/new_revision.py", tmp_path / "scripts")
    subprocess.run([sys.executable, script, "add_gift_cards"], check=True, capture_output=True)
    name = f"{len(REVISIONS) + 1:04}_add_gift_cards"
    made = tmp_path / MIGRATIONS / "versions"
    assert {path.name for path in made.glob("*gift*")} == {f"{name}.py", f"{name}.sql"}
    assert f'\nrevision = "{name[:4]}"\ndown_revision = "{REVISIONS[-1][:4]}"\n' in (made / f"{name}.py").read_text()
