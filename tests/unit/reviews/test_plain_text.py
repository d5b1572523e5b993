"""Which words of a review are refused; none is changed."""

from __future__ import annotations

import pytest

from coursify.modules.reviews.plain_text import MARKS_IN_A_ROW, check_marks


@pytest.mark.parametrize(
    "text",
    [
        "if x<y then stop. The rest of my long review",
        "Clear on List<String>; if (a<b && c>d) works",
        "I <3 this. 5 < 6, Q & A",
        "HTML <div> tag lesson",
        "<script>alert(1)</script>",
        "Tom &amp; Jerry",
        "rtl \u202e override",
        "naïve Ελλάδα हिन्दी 👩\u200d🏫 רָ֣ב ཧཱུྃ",
        "\tx\n\ny  ",
        "Z" + "\u0300" * MARKS_IN_A_ROW,
    ],
)
def test_words_are_kept_as_they_are_typed(text: str) -> None:
    assert check_marks(text) == text


def test_a_tower_of_marks_is_refused_with_its_position() -> None:
    with pytest.raises(ValueError, match="more than 10 combining marks in a row at position 13"):
        check_marks("aZ" + "\u0300" * (MARKS_IN_A_ROW + 1))
