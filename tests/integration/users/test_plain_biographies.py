"""Biographies are plain text; those that were stored as HTML became so."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.support.people import People

pytestmark = pytest.mark.anyio

MIGRATION = Path(__file__).parents[3] / "migrations/versions/0017_plain_biographies.py"


async def test_a_biography_stored_as_html_becomes_the_text_that_was_read(people: People) -> None:
    spec = importlib.util.spec_from_file_location("plain_biographies", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    stored = {
        "<p>I <strong>teach</strong> Q &amp; A</p><ul><li>a &lt; b</li></ul>": "I teach Q & A\na < b",
        'See <a href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener noreferrer"><em>here</em></a><br>x': (
            "See here (https://example.com/?a=1&b=2)\nx"
        ),
        "written &amp;lt; stays": "written &lt; stays",
        "Nothing special": "Nothing special",
    }
    for html, text in stored.items():
        ada = await people.sign_up()
        await people.db.execute("UPDATE users SET bio = %s WHERE id = %s", [html, ada.id])
        await people.db.execute(migration.BIOGRAPHIES_TO_TEXT)
        assert (await ada.call("GET", "/users/me")).json()["data"]["bio"] == text


@pytest.mark.parametrize("bio", ["if x<y then stop", "<b>List<String></b> &amp; a<b && c>d", "\ttabs\n\nand lines  "])
async def test_a_biography_is_kept_exactly_as_typed(people: People, bio: str) -> None:
    ada = await people.sign_up("instructor")
    await ada.call("PUT", "/users/me", {"bio": bio})
    for _ in range(2):
        shown = (await people.client.get(f"/api/v1/users/{ada.id}")).json()["data"]["bio"]
        assert shown == bio
        await ada.call("PUT", "/users/me", {"bio": shown})
