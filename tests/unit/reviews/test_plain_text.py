"""What stays of what people write into a review."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.reviews.plain_text import plain_text


@pytest.mark.parametrize(
    "text", ["Q & A", "a < b and b > a", "I <3 this", "1 &lt; 2", "Tom &amp; Jerry", "naïve Ελλάδα हिन्दी 👩‍🏫", "x\ny"]
)
def test_ordinary_text_stays_as_it_is_typed(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<b>Good</b> course", "Good course"),
        ("<script>alert(1)</script>Fine", "Fine"),
        ("Nice <img src=x onerror=alert(1)>", "Nice"),
        ("rtl \u202e override", "rtl  override"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306algo", "Z\u0300\u0301\u0302\u0303algo"),
    ],
)
def test_markup_and_tricks_go(text: str, left: str) -> None:
    assert plain_text(text) == left


def test_tags_taken_apart_do_not_come_together() -> None:
    for text in (
        "<<b>script>alert(1)<</b>/script>",
        "<scr<b></b>ipt>alert(1)",
        "<\u200b<b>img src=x onerror=a>",
    ):
        assert "<script" not in plain_text(text)
        assert "<img" not in plain_text(text)


@given(st.text(alphabet="<>/ab&;\"'= scriptl", max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
