"""`make audit` finds a secret and a vulnerable package, and says when there are no advisories to ask."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import audit

VULNERABLE = {"name": "one", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
UNKNOWN = {"name": "two", "skip_reason": "Dependency not found on PyPI"}


def test_a_committed_key_is_found_in_the_product_and_in_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "TREE", tmp_path)
    (tmp_path / "tests").mkdir()
    for name in ("settings.py", "tests/test_one.py"):
        (tmp_path / name).write_text(f'KEY = "{"AKIA" + "ABCDEFGHIJKLMNOP"}"\nPASSWORD = "password"\n')
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert {line.partition(":")[0] for line in audit.find_secrets()} == {"settings.py", "tests/test_one.py"}


@pytest.mark.parametrize(
    ("packages", "problems", "said"),
    [
        ([VULNERABLE, UNKNOWN], ["one 1: CVE-1, fixed in 2"], "1 of 2 packages of requirements-prod.lock have no"),
        ([UNKNOWN], [], "requirements-prod.lock was not audited"),
        (None, [], "requirements-prod.lock was not audited"),
    ],
)
def test_advisories_that_cannot_be_had_are_not_taken_for_none(
    packages: list[object] | None,
    problems: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = json.dumps({"dependencies": packages}) if packages else ""
    (tmp_path / "pip-audit").write_text(f"#!{sys.executable}\nprint({answer!r}, end='')\n")
    (tmp_path / "pip-audit").chmod(0o755)
    monkeypatch.setattr(audit, "BIN", tmp_path)
    assert audit.find_vulnerabilities() == problems
    assert said in capsys.readouterr().out
