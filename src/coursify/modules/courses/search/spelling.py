"""Words with one typing error: a letter too many, too few or wrong, or two neighbors in the wrong order."""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 3
LONGEST: Final = 64


def deletions_of(word: str) -> list[str]:
    """The word without one of its letters, in every way."""
    return sorted({word[:place] + word[place + 1 :] for place in range(len(word))})


def is_one_error(typed: str, meant: str) -> bool:
    """Whether the optimal string alignment distance of the two is 1."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((place for place, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if start is None:
        return True
    one, other = typed[start:], meant[start:]
    if len(one) != len(other):
        return one[1:] == other or one == other[1:]
    return one[1:] == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
