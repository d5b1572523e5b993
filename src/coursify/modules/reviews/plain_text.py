"""The text of a review: plain text, stored exactly as typed. Clients escape it when they render it. Pure."""

from __future__ import annotations

import unicodedata

# No language stacks that many; more of them cover the lines above and below.
MARKS_IN_A_ROW = 10


def check_marks(text: str) -> str:
    """The text as it is; raises ValueError where one character has too many combining marks."""
    marks = 0
    for position, char in enumerate(text, start=1):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MARKS_IN_A_ROW:
            raise ValueError(f"holds more than {MARKS_IN_A_ROW} combining marks in a row at position {position}")
    return text
