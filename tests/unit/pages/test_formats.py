"""Amounts, times and charts as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coursify.pages.core.charts import draw
from coursify.pages.core.formats import ago, amount, byte_size, change, day, duration, moment, number, percent


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123_450, "usd", "$1,234.50"),
        (-90, "eur", "−€0.90"),
        (1_200, "jpy", "¥1,200"),
        (1_234_567, "kwd", "KWD 1,234.567"),
        (0, "chf", "CHF 0.00"),
        (5, "zzz", "ZZZ 5"),
        (-(10**15), "isk", "−ISK 1,000,000,000,000,000"),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, shown: str) -> None:
    assert amount(minor, currency).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_figures_are_compared_in_words() -> None:
    pairs = ((0, 0), (5, 0), (110, 100), (97, 100), (1_001, 1_000), (-50, 100))
    shown = [change(value, before).replace("\N{NO-BREAK SPACE}", " ") for value, before in pairs]
    assert shown == ["no change", "new", "+10 %", "−3 %", "+<1 %", "−150 %"]
    assert (number(-1_234), number(2.5), percent(0.125)) == ("−1,234", "2.5", "12\N{NO-BREAK SPACE}%")


def test_times_are_in_the_zone_of_the_reader() -> None:
    at = datetime(2026, 11, 26, 23, 5, tzinfo=UTC)
    assert moment(at, "Europe/Berlin") == "27 Nov 2026, 00:05"
    assert moment(at, "No/Where") == "26 Nov 2026, 23:05"
    assert day(at, "Pacific/Kiritimati") == "27 Nov 2026"
    passed = (timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=5), timedelta(days=2), -timedelta(hours=1))
    assert [ago(at, at + each) for each in passed] == [
        *("just now", "1 minute ago", "5 hours ago", "2 days ago", "just now")
    ]
    assert [duration(seconds) for seconds in (45, 720, 3_600, 11_100)] == ["45 s", "12 min", "1 h", "3 h 5 min"]
    assert [byte_size(count) for count in (12, 1_400_000, 5 * 10**12)] == ["12 bytes", "1.4 MB", "5.0 TB"]


def test_a_chart_keeps_its_values_inside_and_hangs_losses_below_the_line() -> None:
    drawn = draw("Net", [("Mon", 700, "7"), ("Tue", -300, "-3"), ("Wed", 0, "0")])
    assert all(point.y >= 0 and point.y + point.height <= drawn.height for point in drawn.points)
    assert drawn.points[0].y + drawn.points[0].height == pytest.approx(drawn.baseline)
    assert drawn.points[1].y == pytest.approx(drawn.baseline)
    assert [point.height for point in drawn.points] == sorted((point.height for point in drawn.points), reverse=True)


def test_an_empty_chart_is_drawn() -> None:
    assert draw("None", []).path == ""
    assert [point.height for point in draw("Zero", [("Mon", 0, "0")]).points] == [0]


@pytest.mark.parametrize(
    ("values", "currency", "labels"),
    [
        ([3], "", ["4", "2", "0"]),
        ([0], "", ["2", "1", "0"]),
        ([7_300], "usd", ["$80", "$40", "$0"]),
        ([120, -99], "usd", ["$1.20", "$0.10", "−$1"]),
        ([1_100], "jpy", ["¥1,200", "¥600", "¥0"]),
        ([-5], "", ["0", "−3", "−6"]),
    ],
)
def test_the_scale_of_a_chart_has_round_labels(values: list[int], currency: str, labels: list[str]) -> None:
    drawn = draw("Net", [("Mon", value, str(value)) for value in values], currency)
    assert [label for _height, label in drawn.scale] == labels
    assert [height for height, _label in drawn.scale] == [0, 90, 180]
