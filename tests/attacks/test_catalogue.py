"""Every case of groups A, P, D and G is a test of this folder, or is listed with the reason why it is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.attacks.not_ours import NOT_OURS

GROUPS = {"A": 30, "P": 11, "D": 12, "G": 22}
CASES = {f"{group}{number:02}" for group, count in GROUPS.items() for number in range(1, count + 1)}
TESTED = {
    found
    for path in Path(__file__).parent.glob("test_*.py")
    for found in re.findall(r"^(?:async )?def test_([APDG]\d\d)_", path.read_text(), re.MULTILINE)
}


def test_every_case_is_tested_or_has_a_reason() -> None:
    assert CASES - TESTED - NOT_OURS.keys() == set()


def test_no_case_is_both_tested_and_not_ours() -> None:
    assert TESTED & NOT_OURS.keys() == set()


@pytest.mark.parametrize("case", sorted(NOT_OURS))
def test_a_case_that_is_not_ours_is_counted(case: str) -> None:
    pytest.skip(f"{case}: {NOT_OURS[case]}")
