"""Profiles: biographies are plain text, and changes by admins are audited."""

from __future__ import annotations

import pytest
from tests.support.people import People

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("bio", ["if x<y then stop", "<b>List<String></b> &amp; a<b && c>d", "\ttabs\n\nand lines  "])
async def test_a_biography_is_stored_exactly_as_sent(people: People, bio: str) -> None:
    ada = await people.sign_up("instructor")
    await ada.call("PUT", "/users/me", {"bio": bio})
    for _ in range(2):
        shown = (await people.client.get(f"/api/v1/users/{ada.id}")).json()["data"]["bio"]
        assert shown == bio
        await ada.call("PUT", "/users/me", {"bio": shown})


async def test_a_profile_change_by_an_admin_is_audited(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    answer = await admin.call("PUT", f"/users/{ada.id}", {"name": "Ada", "bio": None})
    assert (answer.status_code, answer.json()["data"]["name"]) == (200, "Ada")
    line = await people.db.execute("SELECT actor_id::text, target_id::text, details FROM audit_log")
    assert await line.fetchall() == [(admin.id, ada.id, {"fields": ["bio", "name"]})]
    assert (await ada.call("PUT", f"/users/{ada.id}", {"name": "Ada L."})).status_code == 200
    assert await people.value("SELECT count(*) FROM audit_log") == 1


async def test_ones_own_account_says_what_is_left_to_do(people: People) -> None:
    ada = await people.sign_up()
    assert (await ada.call("GET", "/users/me")).json()["data"]["todo"] == ["confirm_email"]
    await people.db.execute("UPDATE users SET email_verified_at = now()")
    assert (await ada.call("GET", "/users/me")).json()["data"]["todo"] == []
    assert (await ada.call("PUT", "/users/me", {"bio": "x"})).json()["data"]["todo"] == []
