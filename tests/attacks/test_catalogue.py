"""docs/attacks.md and the tests name the same cases; a case that does not apply says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "attacks.md").read_text()
CASES = dict(re.findall(r"^\| ([A-Z]\d+) \| .* \| (.*) \|$", PAGE, re.MULTILINE))
REASONS = {case: answer for case, answer in CASES.items() if answer.startswith("does not apply: ")}
TESTED = {
    case
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def test((?:_[A-Z]\d+)+)_", path.read_text(), re.MULTILINE)
    for case in name.strip("_").split("_")
}


def test_every_case_is_tested_or_has_a_reason() -> None:
    assert CASES.keys() - REASONS.keys() - TESTED == set()


def test_every_case_that_a_test_names_is_on_the_page_and_applies() -> None:
    assert TESTED - CASES.keys() == set()
    assert TESTED & REASONS.keys() == set()


@pytest.mark.parametrize("case", sorted(REASONS))
def test_a_case_that_does_not_apply_is_counted(case: str) -> None:
    pytest.skip(f"{case} {REASONS[case]}")
