"""Writes the table by which search folds letters, from the Unicode data of the oldest Python that we support.

`python scripts/fold_table.py`, with Python 3.11. A change of the table raises VERSION in courses/search/fold.py.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "src/coursify/modules/courses/search/folds.txt"
UNICODE = "14.0.0"

# Letters that people replace when they type, and letters of one sound in two shapes.
SPECIAL = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ĸ": "k",
    "ƒ": "f",
    "ə": "e",
    "ɓ": "b",
    "ɗ": "d",
    "ɖ": "d",
    "ƙ": "k",
    "ɛ": "e",
    "ɔ": "o",
    "ƴ": "y",
    "ё": "е",
    "ѐ": "е",
    "ѝ": "и",
    "ґ": "г",
    # Arabic, Persian and Urdu: seats of the hamza, alef maksura, ta marbuta, kaf, yeh and heh in their shapes.
    "آ": "ا",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    "ئ": "ي",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ے": "ي",
    "ۓ": "ي",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ۂ": "ه",
    "ۃ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ک": "ك",
    "ڪ": "ك",
    # Devanagari: people write the nasal either way, and leave out the dot below.
    "ँ": "ं",
    "ऩ": "न",
    "ऱ": "र",
    "ऴ": "ळ",
    "ヽ": "ゝ",
    "ヾ": "ゞ",
    "♯": "#",
}
# Dropped: marks that people leave out, and everything that draws nothing.
DROPPED = [
    *((0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
    *((0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5), (0x05C7, 0x05C7)),
    *((0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4)),
    *((0x06E7, 0x06E8), (0x06EA, 0x06ED), (0x0898, 0x089F), (0x08CA, 0x08E1), (0x08E3, 0x08FF)),
    *((0x0711, 0x0711), (0x0730, 0x074A), (0x093C, 0x093C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF), (0xE0100, 0xE01EF), (0x02BE, 0x02BF), (0x30FB, 0x30FB)),
]
# Between the parts of one word: `e-mail`, `l’eau`, `col·legi`, and the Persian half-space.
CONNECTORS = "-'’‘ʼʻʹ＇‐‑·\u200cꞌ\u05be\u05f3״"
# Marks after a name, which NFKC would spell in letters.
LABELS = "™℠"
KEPT = "+#."


def main() -> None:
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"Run this with a Python that has Unicode {UNICODE}.")
    letters, pictures, folds = [], [], {}
    for code in range(0x110000):
        char = chr(code)
        folded = fold(char)
        if folded == char:
            (pictures if is_picture(code) else letters).append(code)
        elif folded != " ":
            folds[code] = folded
    lines = [f"# Unicode {UNICODE}, written by scripts/fold_table.py. Everything that is not here separates words."]
    lines += [f"letters {first:X} {last:X}" for first, last in ranges(letters)]
    lines += [f"pictures {first:X} {last:X}" for first, last in ranges(pictures)]
    lines += [f"fold {code:X} {' '.join(f'{ord(one):X}' for one in folded)}".rstrip() for code, folded in folds.items()]
    TABLE.write_text("\n".join(lines) + "\n", encoding="ascii")


def fold(char: str) -> str:
    """A character of any form, as search has it. A space: it separates words. Nothing: it is dropped."""
    if char in LABELS:
        return " "
    if char in CONNECTORS:
        return "-"
    if is_dropped(char):
        return ""
    plain = unicodedata.normalize("NFKC", char).casefold()
    if len(plain) == 1 and plain == char:
        return fold_plain(char)
    folded = "".join(fold(one) if one != char else fold_plain(one) for one in unicodedata.normalize("NFKC", plain))
    return folded if folded.strip() else " " if " " in folded else folded


def fold_plain(char: str) -> str:
    """A character in NFKC and in lower case."""
    if is_dropped(char):
        return ""
    if char in SPECIAL or char in CONNECTORS:
        return SPECIAL.get(char, "-")
    if 0x30A1 <= ord(char) <= 0x30F6:
        return chr(ord(char) - 0x60)
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    is_kept = char in KEPT or is_picture(ord(char))
    if not is_kept and (category[0] in "PSZC" or category == "Me"):
        return " "
    return strip_marks(char)


def strip_marks(char: str) -> str:
    """A Latin or Greek letter without its marks; other scripts tell letters apart by theirs."""
    bases = unicodedata.normalize("NFD", char)
    if len(bases) == 1 or not unicodedata.name(bases[0], "").startswith(("LATIN", "GREEK")):
        return char
    base = "".join(one for one in bases if not is_dropped(one))
    return base if base == char else fold(base)


def is_dropped(char: str) -> bool:
    code = ord(char)
    is_format = unicodedata.category(char) == "Cf" and not 0x600 <= code <= 0x605
    return is_format or char in "\u3164\uffa0" or any(first <= code <= last for first, last in DROPPED)


def is_picture(code: int) -> bool:
    return unicodedata.category(chr(code)) == "So" and (0x2600 <= code <= 0x27BF or code >= 0x1F000)


def ranges(codes: list[int]) -> Iterator[tuple[int, int]]:
    first = last = codes[0]
    for code in codes[1:]:
        if code != last + 1:
            yield first, last
            first = code
        last = code
    yield first, last


if __name__ == "__main__":
    main()
