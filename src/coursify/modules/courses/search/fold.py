"""Text as search compares it: without case, without marks that people leave out, the same on every machine.

folds.txt says it for every character; scripts/fold_table.py makes it from the Unicode data of the oldest Python that we
support, so that a newer Python folds as the index was folded.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from pathlib import Path
from typing import Final

# Of the table and of words.py. A new one makes `coursify reindex` and the worker index every course again.
VERSION: Final = 1
_TABLE: Final = Path(__file__).with_name("folds.txt")
_COMPOSES: Final = frozenset("\u3099\u309a") | {chr(code) for code in range(0x1100, 0x1200)}


class _Folds(dict[int, str | int]):
    """What a character becomes: itself, other letters, nothing, or a space when the table does not have it."""

    def __init__(self) -> None:
        super().__init__()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.pictures: list[tuple[int, int]] = []
        kept = []
        for line in _TABLE.read_text(encoding="ascii").splitlines():
            kind, *fields = line.split(" ")
            codes = [int(field, 16) for field in fields] if kind in {"letters", "pictures", "fold"} else []
            if kind == "fold":
                self[codes[0]] = "".join(map(chr, codes[1:]))
            elif codes:
                kept.append((codes[0], codes[1]))
            if kind == "pictures":
                self.pictures.append((codes[0], codes[1]))
        self._starts, self._ends = map(list, zip(*sorted(kept), strict=True))

    def __missing__(self, code: int) -> str | int:
        place = bisect_right(self._starts, code) - 1
        if place < 0 or code > self._ends[place]:
            return " "
        self[code] = code
        return code


_FOLDS: Final = _Folds()
PICTURES: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in _FOLDS.pictures)


def fold(text: str) -> str:
    """The text in folded letters; `-` joins parts of a word, a space separates words. Folding again changes nothing."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDS)
    return folded if _COMPOSES.isdisjoint(folded) else unicodedata.normalize("NFC", folded)
