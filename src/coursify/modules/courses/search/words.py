"""Cuts text into words: what separates them, which symbols belong to them, and the parts by which they are found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from coursify.modules.courses.search.fold import PICTURES, fold

MAX_LETTERS: Final = 64
MAX_TAIL: Final = 32
SHORT: Final = 2
# Scripts that are written without spaces: Han with kana and Bopomofo; Thai, Lao, Myanmar, Khmer and their neighbors.
_UNSPACED: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u1950-\u1aaf"
)
_LETTER: Final = rf"[^ \-.+#{_UNSPACED}{PICTURES}]"
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_PIECE: Final = re.compile(
    rf"(?P<run>[{_UNSPACED}]+)|(?P<picture>[{PICTURES}])"
    r"|(?P<version>(?<![^ \-+#])[a-z]?[0-9]+(?:\.[0-9]+)+)"
    rf"|(?P<dot>(?<![^ \-+#])\.)?(?P<chain>{_LETTER}+(?:[-.]{_LETTER}+)*)(?P<suffix>\+\+|[+#](?!{_LETTER}))?"
)
_RUN: Final = re.compile(f"[{_UNSPACED}]+")
# The Arabic article is written together with its noun.
_ARTICLE: Final = "\u0627\u0644"
# Letters that are spelled with two where the keyboard lacks them.
_RESPELLED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "ae", "Ö": "oe", "Ü": "ue", "Å": "aa", "Ø": "oe"}
)

# Words of which all must match, and the ways in which one word may be written.
Words = tuple[str, ...]
Term = tuple[Words, ...]


def index_words(text: str) -> set[str]:
    """Every word by which the text is found; scripts without spaces give pairs of letters."""
    found = _found(text, _indexed)
    respelled = text.translate(_RESPELLED)
    return found if respelled == text else found | _found(respelled, _indexed)


def whole_words(text: str) -> set[str]:
    """As index_words, for long texts: what is written without spaces is one word, found by its beginning."""
    return _found(text, _whole)


def query_terms(text: str) -> list[Term]:
    """What must match: for each word the ways to write it."""
    terms: dict[Term, None] = {}
    for chunk in fold(text).split():
        terms |= dict.fromkeys([((chunk[:MAX_LETTERS],),)] if _is_plain(chunk) else _asked(chunk))
    return list(terms)


def text_key(text: str) -> str:
    """The same for texts that differ only in what folding removes; also for those without any word."""
    folded = " ".join(word for term in query_terms(text) for way in term for word in way)
    return hashlib.blake2b((folded or "".join(text.casefold().split())).encode(), digest_size=8).hexdigest()


def is_pair(word: str) -> bool:
    """Two letters of a script without spaces, which are looked for as they are."""
    return len(word) == SHORT and bool(_RUN.match(word))


def is_short(word: str) -> bool:
    """Too short to be looked for inside of words."""
    return len(word) <= (1 if _HANGUL.match(word) else SHORT) and not _RUN.match(word)


def can_be_common(word: str) -> bool:
    """Whether the word is looked for by its beginning and its parts, so that a mark makes a difference."""
    return not (is_pair(word) or is_short(word))


def _found(text: str, cut: Callable[[str], frozenset[str]]) -> set[str]:
    found: set[str] = set()
    for chunk in fold(text).split():
        if _is_plain(chunk):
            found.add(chunk[:MAX_LETTERS])
        else:
            found |= cut(chunk)
    return found


def _is_plain(chunk: str) -> bool:
    return chunk.isascii() and chunk.isalnum()


def _indexed(chunk: str) -> frozenset[str]:
    return _cut_once(chunk) if len(chunk) <= MAX_LETTERS else _cut(chunk)


def _cut(chunk: str) -> frozenset[str]:
    found: set[str] = set()
    for piece in _PIECE.finditer(chunk):
        if run := piece["run"]:
            found.update(_pairs(run), (run[-1],))
        elif piece["chain"]:
            found.update(*_ways(piece))
            if piece["chain"].startswith(_ARTICLE) and len(piece["chain"]) > len(_ARTICLE) + 1:
                found.add(piece["chain"][len(_ARTICLE) :][:MAX_LETTERS])
            last = re.split(r"[-.]", piece["chain"])[-1] + (piece["suffix"] or "")
            if piece["dot"] or f".{last}" in piece[0]:
                found.update((f".{last}"[:MAX_LETTERS], last[:MAX_LETTERS]))
        else:
            found.add(piece[0][:MAX_LETTERS])
    return frozenset(found)


_cut_once = lru_cache(maxsize=50_000)(_cut)


def _whole(chunk: str) -> frozenset[str]:
    runs = _RUN.findall(chunk)
    if not runs:
        return _indexed(chunk)
    return frozenset(run[:MAX_LETTERS] for run in runs) | _indexed(_RUN.sub(" ", chunk))


def _asked(chunk: str) -> list[Term]:
    terms: list[Term] = []
    for piece in _PIECE.finditer(chunk):
        if run := piece["run"]:
            terms.append((tuple(_pairs(run)) or (run,),))
        elif piece["chain"]:
            terms.append(_ways(piece))
        else:
            terms.append(((piece[0][:MAX_LETTERS],),))
    return terms


def _ways(piece: re.Match[str]) -> Term:
    """`e-mail`: `email`, or `e` and `mail`. `.net` and `c++` keep their symbols."""
    suffix = piece["suffix"] or ""
    parts = re.split(r"[-.]", piece["chain"])
    if suffix and suffix != "++" and len(parts[-1]) > 1:
        suffix = ""
    parts[-1] += suffix
    if len(parts) == 1:
        return (((piece["dot"] or "") + parts[0][:MAX_LETTERS],),)
    return (("".join(parts)[:MAX_LETTERS],), tuple(part[:MAX_LETTERS] for part in parts))


def _pairs(run: str) -> Iterator[str]:
    return (run[start : start + 2] for start in range(len(run) - 1))
