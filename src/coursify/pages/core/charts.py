"""The geometry of charts: a template draws it as SVG with attributes alone, with its figures in a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from coursify.pages.core.formats import number, short_amount

WIDTH, HEIGHT = 640, 180
_GAP = 0.28
# So many dates fit below a chart on a narrow screen.
_MOST_LABELS = 5
# Half of each is a whole number of units, and so is the label in the middle.
_STEPS = (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """One value: its bar, or its place on the line. `middle` is where its label is, in percent of the width."""

    label: str
    value: int
    shown: str
    x: float
    y: float
    width: float
    height: float
    middle: float
    is_labeled: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One series. `path` is the line through all points; `scale` are heights, from the top, with what they mean."""

    title: str
    points: list[Point]
    path: str
    area: str
    scale: list[tuple[float, str]]
    baseline: float
    width: int = WIDTH
    height: int = HEIGHT


def draw(title: str, series: Sequence[tuple[str, int, str]], currency: str = "") -> Chart:
    """A chart of (label, value, value as shown). Values below zero hang below the baseline.

    The scale has three labels: its top, its middle and its end; amounts where there is a currency.
    """
    values = [value for _label, value, _shown in series] or [0]
    bottom = -_round_up(-min(*values, 0))
    top = _round_up(max(*values, 0)) or (0 if bottom else _round_up(1))

    def height_of(value: float) -> float:
        return round((top - value) / (top - bottom) * HEIGHT, 1)

    step = WIDTH / max(len(series), 1)
    every = max(1, ceil(len(series) / _MOST_LABELS))
    points = [
        Point(
            label=label,
            value=value,
            shown=shown,
            x=round(step * (index + _GAP / 2), 1),
            y=min(height_of(value), height_of(0)),
            width=round(step * (1 - _GAP), 1),
            height=abs(round(height_of(value) - height_of(0), 1)),
            middle=round((index + 0.5) / len(series) * 100, 2),
            is_labeled=index % every == 0,
        )
        for index, (label, value, shown) in enumerate(series)
    ]
    places = [f"{point.x + point.width / 2:.1f} {height_of(point.value)}" for point in points]
    path = "M" + " L".join(places) if places else ""
    ends = [places[0].split()[0], places[-1].split()[0]] if places else []
    area = f"{path} L{ends[1]} {height_of(0)} L{ends[0]} {height_of(0)} Z" if places else ""
    scale = [(height_of(value), _label_of(value, currency)) for value in (top, (top + bottom) // 2, bottom)]
    return Chart(title, points, path, area, scale, height_of(0))


def _label_of(value: int, currency: str) -> str:
    return short_amount(value, currency) if currency else number(value)


def _round_up(value: int) -> int:
    """The next even value with one or two leading digits: 7,300 → 8,000."""
    if value <= 0:
        return 0
    unit: int = 10 ** floor(log10(value))
    even = (round(unit * step) for step in _STEPS if unit * step >= value)
    return next(rounded for rounded in even if rounded % 2 == 0)
