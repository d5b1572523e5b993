"""The geometry of charts: a template draws it as SVG with attributes alone, with its figures in a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 180
_TOP, _BOTTOM, _LEFT = 8, 22, 4
_GAP = 0.28


@dataclass(frozen=True, slots=True)
class Point:
    """One value: its bar, or its place on the line."""

    label: str
    value: int
    shown: str
    x: float
    y: float
    width: float
    height: float
    is_labeled: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One series. `path` is the line through all points; `grid` are the heights of the scale with what they mean."""

    title: str
    points: list[Point]
    path: str
    area: str
    grid: list[tuple[float, int]]
    baseline: float
    width: int = WIDTH
    height: int = HEIGHT


def draw(title: str, series: Sequence[tuple[str, int, str]]) -> Chart:
    """A chart of (label, value, value as shown). Values below zero hang below the baseline."""
    values = [value for _label, value, _shown in series] or [0]
    top, bottom = _round_up(max(*values, 0)), -_round_up(-min(*values, 0))
    # Without any value the line is at the bottom.
    top = top or (0 if bottom else 1)
    span, inner = top - bottom, HEIGHT - _TOP - _BOTTOM

    def height_of(value: float) -> float:
        return round(_TOP + (top - value) / span * inner, 1)

    step = (WIDTH - 2 * _LEFT) / max(len(series), 1)
    every = max(1, ceil(len(series) / 8))
    points = [
        Point(
            label=label,
            value=value,
            shown=shown,
            x=round(_LEFT + step * (index + _GAP / 2), 1),
            y=min(height_of(value), height_of(0)),
            width=round(step * (1 - _GAP), 1),
            height=abs(round(height_of(value) - height_of(0), 1)),
            is_labeled=index % every == 0,
        )
        for index, (label, value, shown) in enumerate(series)
    ]
    places = [f"{point.x + point.width / 2:.1f} {height_of(point.value)}" for point in points]
    path = "M" + " L".join(places) if places else ""
    ends = [places[0].split()[0], places[-1].split()[0]] if places else []
    area = f"{path} L{ends[1]} {height_of(0)} L{ends[0]} {height_of(0)} Z" if places else ""
    grid = [(height_of(value), round(value)) for value in (top, (top + bottom) / 2)] if any(values) else []
    return Chart(title, points, path, area, grid, height_of(0))


def _round_up(value: int) -> int:
    """The next value with one or two leading digits: 7,300 → 8,000."""
    if value <= 0:
        return 0
    unit: int = 10 ** floor(log10(value))
    for part in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= unit * part:
            return ceil(unit * part)
    raise AssertionError("a value has less than ten times its first digit")
