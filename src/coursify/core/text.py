"""Text that people type: which characters are rejected, and how one line is cleaned. Pure.

Prose is stored as typed, except for Unicode normalization (NFC) and line ends (LF). A single line also loses its
invisible characters. Markup is not escaped or removed here: it is escaped where a text is rendered.
"""

from __future__ import annotations

import re
import unicodedata

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
REJECTED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_NAMES = {"Cc": "a control character", "Cs": "half of a surrogate pair", "Cn": "a noncharacter"}
# Also repeated carriage returns, so that a second cleaning changes nothing.
_LINE_END = re.compile("\r+\n")
# Soft hyphens, zero-width spaces, direction marks, overrides and isolates, byte order marks, tags. Joiners (U+200C and
# U+200D) are not removed: Persian, Indic scripts and emoji are spelled with them. Flags are spelled with tags.
_INVISIBLE = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    "|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ODD_SPACE = re.compile(r" *[^\S ]\s*")
MAX_FILENAME = 150
_DRAWS_NOTHING = re.compile("[\u200c\u200d\u115f\u1160\u2800\u3164\uffa0\\s]*")


def clean_prose(text: str) -> str:
    """The text in NFC with LF line ends. Raises ValueError with the character that is rejected."""
    rejected = REJECTED.search(text)
    if rejected:
        name = _NAMES[unicodedata.category(rejected[0])]
        raise ValueError(f"contains {name} (U+{ord(rejected[0]):04X}) at position {rejected.start() + 1}")
    return _LINE_END.sub("\n", unicodedata.normalize("NFC", text))


def clean_line(text: str) -> str:
    """One line without invisible characters; tabs, line breaks and unusual spaces become one space.

    Raises ValueError for rejected characters, and for a line that is empty then.
    """
    # Cleaned again, because letters and marks that are now side by side may compose.
    line = clean_prose(_INVISIBLE.sub(r"\1", clean_prose(text)))
    line = _ODD_SPACE.sub(" ", line).strip()
    if _DRAWS_NOTHING.fullmatch(line):
        raise ValueError("must not be empty" + (": it has only invisible characters" if text.strip() else ""))
    return line


def check_not_blank(text: str) -> str:
    """The text unchanged. Raises ValueError when it has no visible character."""
    if _DRAWS_NOTHING.fullmatch(_INVISIBLE.sub("", text)):
        raise ValueError("must not be empty")
    return text


def clean_filename(name: str) -> str:
    """The last component of a file's name without control, format and invisible characters, at most 150 characters.

    The extension is kept. A name with nothing left is `file`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if unicodedata.category(one)[0] == "C" else one for one in last)
    clean = " ".join(visible.split()).strip(". ")
    stem, dot, extension = clean.rpartition(".")
    if len(clean) > MAX_FILENAME:
        clean = f"{stem[: MAX_FILENAME - 1 - len(extension)]}{dot}{extension}" if len(extension) <= 10 else clean
    return clean[:MAX_FILENAME] or "file"


def contains(text: str) -> str:
    """The pattern of LIKE for a value that has this text somewhere, literally."""
    literal = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{literal}%"
