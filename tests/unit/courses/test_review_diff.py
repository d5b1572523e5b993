"""Diffs of texts: readable, complete, and quick whatever the texts are."""

from __future__ import annotations

import time

import pytest

from coursify.modules.courses.review_diff import MAX_CHANGED_LINES, diff_html


def test_a_paragraph_is_a_line_and_far_lines_are_left_out() -> None:
    before = "".join(f"<p>{number}</p>" for number in range(1_000))
    diff = diff_html(before, before.replace("<p>500</p>", "<p>half</p>"))
    context = " <p>498</p>\n <p>499</p>\n-<p>500</p>\n+<p>half</p>\n <p>501</p>\n <p>502</p>"
    assert diff == f"@@ -1,5 +1,5 @@\n{context}"


@pytest.mark.parametrize(
    ("before", "after", "diff"),
    [
        ("", "<p>a</p>", "@@ -0,0 +1 @@\n+<p>a</p>"),
        ("<p>a</p>", "", "@@ -1 +0,0 @@\n-<p>a</p>"),
        ("a", "b", "@@ -1 +1 @@\n-a\n+b"),
        ("<ul><li>a</li></ul>", "<ul><li>b</li></ul>", "@@ -1,2 +1,2 @@\n-<ul><li>a</li>\n+<ul><li>b</li>\n </ul>"),
    ],
)
def test_what_is_new_or_gone_is_marked(before: str, after: str, diff: str) -> None:
    assert diff_html(before, after) == diff


def test_too_many_changed_lines_are_not_compared() -> None:
    lines = MAX_CHANGED_LINES + 1
    assert diff_html("<br>" * lines, "".join(f"{number}<br>" for number in range(lines))) is None
    assert diff_html("<p>a</p>" * 10_000, "<p>a</p>" * 10_000 + "<p>b</p>") is not None


@pytest.mark.parametrize("kinds", [1, 2, 3, 60, 100, 150])
def test_the_worst_texts_take_less_than_a_second(kinds: int) -> None:
    before = "".join(f"<p>{number % kinds}</p>" for number in range(MAX_CHANGED_LINES))
    after = "<p>x</p>" + "".join(f"<p>{number * 7 % kinds}</p>" for number in range(MAX_CHANGED_LINES - 2)) + "<p>y</p>"
    started = time.monotonic()
    assert diff_html(before, after)
    assert time.monotonic() - started < 1
