"""The pictures of the sample school."""

from __future__ import annotations

import pytest

from coursify_sandbox.seed.draw_pictures import draw_picture, drawing_pictures
from coursify_sandbox.seed.sample_content import read_courses

pytestmark = pytest.mark.anyio


async def test_every_course_has_a_picture_of_its_own_and_the_same_on_every_run() -> None:
    titles = [course.title for course in read_courses()]
    with drawing_pictures(titles[:6]) as first, drawing_pictures(titles[:6]) as second:
        drawn = {title: await picture for title, picture in first.items()}
        again = {title: await picture for title, picture in second.items()}
    assert drawn == again
    assert len({picture.hash for picture in drawn.values()}) == 6
    assert all(picture.total_bytes < 150_000 for picture in drawn.values())


def test_a_long_title_fits() -> None:
    assert draw_picture("A title that is much longer than the others and has more than three lines of words").size
