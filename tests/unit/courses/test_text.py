"""Slugs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.courses.slugs import looks_like_an_id, slugify, vary


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Python from the ground up", "python-from-the-ground-up"),
        ("  Ünïcode & You!  ", "unicode-you"),
        ("Modern C++ in depth", "modern-c-plus-plus-in-depth"),
        ("C#, F# & .NET", "c-sharp-f-sharp-dot-net"),
        ("#1 of 5+ ways", "1-of-5-plus-ways"),
        ("Große Straßen bauen", "grosse-strassen-bauen"),
        ("Smørrebrød og Łódź", "smorrebrod-og-lodz"),
        ("Þór", "thor"),
        ("Œuvre", "oeuvre"),
        ("Đại số", "dai-so"),
        ("Привет, мир", "privet-mir"),
        ("数据科学", "shu-ju-ke-xue"),
        ("مقدمة", "mqdmh"),
        ("!!!", "course"),
        ("word " * 40, "-".join(["word"] * 12)),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_slug_is_readable(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize("title", ["Mine", "mine!", "Miné", "- MINE -"])
def test_no_title_becomes_the_address_of_ones_own_courses(title: str) -> None:
    assert re.fullmatch(r"mine-[a-z0-9]{6}", slugify(title))


@pytest.mark.parametrize("title", ["Mine", "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70", "0199b2f0c1de7a3c8a5e3d9f4b1c2a70"])
def test_no_slug_is_reserved_or_looks_like_an_id(title: str) -> None:
    slug = slugify(title)
    assert slug != "mine"
    assert not looks_like_an_id(slug)
    assert slug.startswith(title.lower())


def test_a_varied_slug_differs_each_time() -> None:
    assert len({vary("python") for _ in range(50)}) == 50


@given(st.text(max_size=200))
def test_every_title_gives_a_slug_that_the_route_takes(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugify(title))
