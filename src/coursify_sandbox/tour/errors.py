"""The error of a failed step."""

from __future__ import annotations


class StepFailed(Exception):
    """A step got another result than it expects."""

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"expected {expected}, got {actual}")
        self.expected = expected
        self.actual = actual
