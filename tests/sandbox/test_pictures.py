"""The pictures of the sample school."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from coursify_sandbox.seed.draw_pictures import load_font
from coursify_sandbox.seed.sample_content import read_courses

TITLES = [course.title for course in read_courses()]


@pytest.mark.parametrize("title", [*TITLES, "äöüß ñ é ç øł þ œ č ğİ ő ș ž", "Ωραία Жук"])
def test_every_letter_of_a_title_is_drawn(title: str) -> None:
    """A font draws a box in place of a letter that it does not have."""
    font = load_font(title)
    assert isinstance(font, ImageFont.FreeTypeFont)
    box = bytes(font.getmask("\U0010fffd"))
    for letter in set(title) - {" "}:
        assert bytes(font.getmask(letter)) != box, letter
