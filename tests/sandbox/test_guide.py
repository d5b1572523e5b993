"""The guides as pages: tables, code by language, links among each other, and no script."""

from __future__ import annotations

import re

import pytest

from coursify_sandbox.guide import PAGES, render_guide


@pytest.mark.parametrize("name", PAGES)
def test_every_guide_is_a_page_without_script_or_a_dead_link(name: str) -> None:
    page = render_guide(name, api="http://127.0.0.1:8000")
    assert page
    assert f"<title>{PAGES[name]}" in page
    assert "<script" not in page
    assert "style=" not in page
    for target in re.findall('href="#([^"]+)"', page):
        assert f'id="{target}"' in page
    assert 'href="../' not in page


def test_code_names_its_language_and_links_lead_to_pages() -> None:
    page = render_guide("storefront", api="http://127.0.0.1:8000")
    assert page
    for language in ("curl", "Python", "TypeScript"):
        assert f'data-language="{language}"' in page
    assert 'href="/guide/test-cards"' in page


def test_an_unknown_guide_is_none() -> None:
    assert render_guide("../README", api="") is None
    assert render_guide("nothing", api="") is None
