"""Draws `bench/last.svg`: requests per second of each server, one panel for each work."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from bench.rows import OURS, PGBENCH

CHART = Path(__file__).with_name("last.svg")
WORKS = (
    "hot listing",
    "hot detail",
    "listing from the database",
    "detail with `me`",
    "progress write, durable",
    "`/users/me`",
)
_WIDTH, _NAMES, _BAR, _GAP, _HEAD = 760, 220, 18, 6, 34
# Readable on white and on black.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#777}.work{font-weight:600}.ours{fill:#2f7d5b}.other{fill:#9aa5b1}"
    "@media(prefers-color-scheme:dark){text{fill:#aaa}.ours{fill:#4cb488}.other{fill:#5b6673}}"
)


def draw(rates: Mapping[tuple[str, str], float]) -> None:
    """`rates`: requests per second by work and server. Draws nothing unless every work was measured."""
    panels = {work: [(server, rate) for (of, server), rate in rates.items() if of == work and rate] for work in WORKS}
    if not all(panels.values()):
        return
    parts, y = list[str](), 0
    for work, bars in panels.items():
        parts.append(f'<text class="work" x="0" y="{y + 20}">{escape(work.replace("`", ""))}</text>')
        y += _HEAD
        y = _draw_bars(parts, [bar for bar in bars if bar[0] != PGBENCH], y)
    CHART.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" role="img">'
        f"<title>Requests per second, one worker on one core, beside others</title><style>{_STYLE}</style>"
        f"{''.join(parts)}</svg>\n"
    )


def _draw_bars(parts: list[str], bars: list[tuple[str, float]], y: int) -> int:
    """Returns where the next panel begins."""
    most = max(rate for _server, rate in bars)
    for server, rate in sorted(bars, key=lambda bar: -bar[1]):
        width = (_WIDTH - _NAMES - 70) * rate / most
        kind = "ours" if server == OURS else "other"
        parts.append(f'<text x="{_NAMES - 8}" y="{y + 13}" text-anchor="end">{escape(server)}</text>')
        parts.append(f'<rect class="{kind}" x="{_NAMES}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
        parts.append(f'<text x="{_NAMES + width + 6:.1f}" y="{y + 13}">{rate:,.0f}</text>')
        y += _BAR + _GAP
    return y
