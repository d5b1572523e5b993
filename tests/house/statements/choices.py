"""Which combinations of choices are tried: all of them while they are few, every pair of them once they are many."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

MOST_COMBINATIONS = 500


def combinations_of(choices: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """One choice for each parameter. The number of pairs grows with the square of the choices, not exponentially."""
    if math.prod(map(len, choices)) <= MOST_COMBINATIONS:
        yield from itertools.product(*choices)
        return
    for end in (0, -1):
        others = [values[end] for values in choices]
        for first, second in itertools.combinations(range(len(choices)), 2):
            for one, other in itertools.product(choices[first], choices[second]):
                chosen = others.copy()
                chosen[first], chosen[second] = one, other
                yield tuple(chosen)


def subsets_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """None of the names, each alone, each pair, and all together; without repetition."""
    sizes = sorted({size for size in (0, 1, 2, len(names)) if size <= len(names)})
    return [chosen for size in sizes for chosen in itertools.combinations(names, size)]
