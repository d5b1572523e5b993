"""The cues of captions that were accepted: when each begins, and what it says. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TIMING = re.compile(r"(?:([0-9]+):)?([0-9]{2}):([0-9]{2})\.[0-9]{3}[ \t]+-->", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Cue:
    """`second` is where the cue begins, rounded down."""

    second: int
    text: str


def read_cues(captions: str) -> Iterator[Cue]:
    """In the order of the file; cues without text are left out."""
    for block in captions.split("\n\n"):
        lines = block.strip("\n").split("\n")
        for number, line in enumerate(lines[:2]):
            timing = _TIMING.match(line)
            if timing:
                hours, minutes, seconds = (int(group or 0) for group in timing.groups())
                text = html.unescape(_TAG.sub("", " ".join(lines[number + 1 :]))).strip()
                if text:
                    yield Cue((hours * 60 + minutes) * 60 + seconds, text)
                break
