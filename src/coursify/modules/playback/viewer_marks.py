"""Viewer marks: 12 characters that a person can read off a picture and type, shown as `7K3M-Q9ZD-4TFH`."""

from __future__ import annotations

import re

from coursify.core.codes import new_code

_LENGTH = 12
_MISREAD = str.maketrans("ILO", "110")


def new_mark() -> str:
    """60 random bits."""
    return new_code(_LENGTH)


def show_mark(mark: str) -> str:
    return "-".join(re.findall(".{4}", mark))


def read_mark(text: str) -> str:
    """The mark as it is stored, of what a person typed."""
    return text.upper().replace("-", "").translate(_MISREAD)
