"""Slugs and search words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.courses.search import MAX_WORDS, prefix_query
from coursify.modules.courses.slugs import looks_like_an_id, slugify, vary


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Python from the ground up", "python-from-the-ground-up"),
        ("  Ünïcode & You!  ", "unicode-you"),
        ("C++", "c"),
        ("学习", "course"),
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


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("rust", "rust:*"),
        ('C++ for "begin', "C:* & for:* & begin:*"),
        ("node.js", "node:* & js:*"),
        ("a | b & !c <-> (d)", "a:* & b:* & c:* & d:*"),
        ("%_%", ""),
        ("हिन्दी", "हिन्दी:*"),
        ("' OR 1=1--", "OR:* & 1:* & 1:*"),
    ],
)
def test_a_search_is_made_of_words_alone(typed: str, query: str) -> None:
    assert prefix_query(typed) == query


@given(st.text(max_size=200))
def test_no_search_holds_an_operator_of_its_own(typed: str) -> None:
    words = prefix_query(typed).split(" & ")
    assert len(words) <= MAX_WORDS
    assert all(not word or (word.endswith(":*") and not set(word[:-2]) & set("&|!():*<>'\\ ")) for word in words)
