"""Revisions are numbered without gaps, each is a pair of files, and each keeps what released versions use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.sources import ROOT

from coursify.migrations.releases import RELEASED

MIGRATIONS = "src/coursify/migrations"
VERSIONS = ROOT / MIGRATIONS / "versions"
REVISIONS = sorted(path.stem for path in VERSIONS.glob("*.py"))
# Before this one no database said which versions may serve it.
FIRST_CHECKED = "0030"
REMOVES = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION)\b|\bRENAME\s+(TO|COLUMN)\b|\bSET\s+NOT\s+NULL\b|\bSET\s+DATA\s+TYPE\b|"
    r"\bALTER\s+(COLUMN\s+)?\w+\s+TYPE\b",
    re.IGNORECASE,
)
# The version goes on with what is removed: a table that only this revision made, a function that it replaces.
STILL_COMPATIBLE = "-- still-compatible:"
COMPATIBLE_FROM = re.compile(r"^UPDATE alembic_version SET compatible_from = '([0-9]{4})';$", re.MULTILINE)


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


def removals(sql: str) -> list[str]:
    """What is removed or narrowed, outside of comments and of statements with a reason above them."""
    lines = sql.splitlines()
    return [
        line.strip()
        for number, line in enumerate(lines)
        if REMOVES.search(line.partition("--")[0]) and not lines[number - 1].strip().startswith(STILL_COMPATIBLE)
    ]


@pytest.mark.parametrize("revision", [name for name in REVISIONS if name[:4] >= FIRST_CHECKED])
def test_what_a_released_version_uses_is_removed_with_a_word_about_compatibility(revision: str) -> None:
    sql = (VERSIONS / f"{revision}.sql").read_text()
    named = COMPATIBLE_FROM.findall(sql)
    assert bool(named) == bool(removals(sql)), f"docs/decisions/0046: {removals(sql)}"
    for head in named:
        assert head in RELEASED.values(), f"{head} is not the newest revision of a release"
        assert head < revision[:4]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ALTER TABLE a DROP COLUMN b;", 1),
        ("ALTER TABLE a\n    DROP COLUMN b,\n    RENAME COLUMN c TO d;", 2),
        ("DROP TABLE a;\nALTER TABLE b RENAME TO c;", 2),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", 1),
        ("ALTER TABLE a ALTER COLUMN b TYPE bigint;", 1),
        ("ALTER TABLE a ADD COLUMN b text;\n-- DROP COLUMN comes later", 0),
        ("-- still-compatible: no version reads it\nDROP TABLE a;", 0),
        ("DROP INDEX a;\nALTER TABLE a DROP CONSTRAINT b;", 0),
        ("CREATE TYPE a AS ENUM ();\nALTER TYPE a ADD VALUE 'b';", 0),
    ],
)
def test_the_check_finds_what_older_versions_would_miss(sql: str, found: int) -> None:
    assert len(removals(sql)) == found


def test_the_released_heads_are_those_of_the_tags() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git history here")
    for version, head in RELEASED.items():
        listed = _git("ls-tree", "--name-only", f"v{version}", f"{MIGRATIONS}/versions/")
        if listed is not None:
            assert max(Path(name).name[:4] for name in listed if name.endswith(".sql")) == head
    tags = [tag.removeprefix("v") for tag in _git("tag", "--list", "v*") or ()]
    assert set(tags) <= set(RELEASED)


def _git(*words: str) -> list[str] | None:
    """The lines of the answer, or None when this clone does not have the object."""
    told = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return told.stdout.splitlines() if told.returncode == 0 else None
