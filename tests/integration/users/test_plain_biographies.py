"""Biographies are plain text."""

from __future__ import annotations

import pytest
from tests.support.people import People

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("bio", ["if x<y then stop", "<b>List<String></b> &amp; a<b && c>d", "\ttabs\n\nand lines  "])
async def test_a_biography_is_kept_exactly_as_typed(people: People, bio: str) -> None:
    ada = await people.sign_up("instructor")
    await ada.call("PUT", "/users/me", {"bio": bio})
    for _ in range(2):
        shown = (await people.client.get(f"/api/v1/users/{ada.id}")).json()["data"]["bio"]
        assert shown == bio
        await ada.call("PUT", "/users/me", {"bio": shown})
