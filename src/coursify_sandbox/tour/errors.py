"""What can go wrong on a tour."""

from __future__ import annotations


class NotAsTold(Exception):
    """Something else came than the step says."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}, but came {came}")
        self.expected = expected
        self.came = came
