"""CSV for spreadsheets. A text that a spreadsheet would run as a formula is neutralized with an apostrophe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

Cell = str | int | None

# Where a formula begins in common spreadsheets, also behind spaces and in full-width letters.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the full-width signs
# Where the spreadsheet separates cells by semicolons or tabs, a cell begins behind each of them.
_INNER_FORMULA = re.compile(r"(?<!^\t)(?<=[;\t])(?=\s*[=+\-@＝＋－＠])")
# Excel reads UTF-8 only behind this mark.
_UTF8_MARK = "\ufeff"


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with CRLF, as RFC 4180. Numbers stay numbers; None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_neutral(name) for name in header])
    writer.writerows([_neutral(cell) for cell in row] for row in rows)
    return (_UTF8_MARK + text.getvalue()).encode()


def _neutral(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _INNER_FORMULA.sub("'", cell)
    return f"'{text}" if (text.lstrip(" ") or text).startswith(_FORMULA_STARTS) else text
