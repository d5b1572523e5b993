"""The categories of the catalogue, as admins edit them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.support.classroom import Classroom, Person, refusal

pytestmark = pytest.mark.anyio


@pytest.fixture
async def root(classroom: Classroom) -> AsyncIterator[Person]:
    """An admin; what they put up is taken down again, for the eight that a migration brings belong to every test."""
    eight = {row[0] for row in await classroom.rows("SELECT slug FROM categories")}
    yield await classroom.person("admin")
    await classroom.db.execute("UPDATE courses SET category = NULL")
    await classroom.db.execute("DELETE FROM categories WHERE NOT slug = ANY(%s)", [list(eight)])


async def test_a_category_comes_moves_and_goes(classroom: Classroom, root: Person) -> None:
    created = await root.post("/admin/categories", {"slug": "cooking", "name": "Cooking", "order": 9})
    assert (created.status_code, created.json()["data"]) == (201, {"slug": "cooking", "name": "Cooking", "order": 9})
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, category="cooking")
    moved = await root.put("/admin/categories/cooking", {"slug": "kitchen", "order": 0})
    assert moved.json()["data"] == {"slug": "kitchen", "name": "Cooking", "order": 0}
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["category"] == "kitchen"
    categories = (await classroom.get("/categories")).json()["data"]
    assert categories[0] == {"slug": "kitchen", "name": "Cooking", "courseCount": 1}
    assert refusal(await root.delete("/admin/categories/kitchen")) == (409, "category_in_use")
    await ada.delete(f"/courses/{course['id']}")
    assert (await root.delete("/admin/categories/kitchen")).status_code == 200
    actions = await classroom.rows("SELECT action FROM audit_log WHERE target_type = 'category' ORDER BY id")
    assert actions == [("category.create",), ("category.update",), ("category.delete",)]


async def test_a_draft_keeps_its_category_standing(classroom: Classroom, root: Person) -> None:
    await root.post("/admin/categories", {"slug": "cooking", "name": "Cooking"})
    await classroom.draft(await classroom.person("instructor"), category="cooking")
    async with classroom.unchanged():
        assert refusal(await root.delete("/admin/categories/cooking")) == (409, "category_in_use")


async def test_no_two_categories_are_called_the_same(classroom: Classroom, root: Person) -> None:
    async with classroom.unchanged():
        for body in ({"slug": "music", "name": "Noise"}, {"slug": "noise", "name": "Music"}):
            assert refusal(await root.post("/admin/categories", body)) == (409, "category_exists")
            assert refusal(await root.put("/admin/categories/design", body)) == (409, "category_exists")


async def test_a_category_that_is_not_there_is_not_found(classroom: Classroom, root: Person) -> None:
    async with classroom.unchanged():
        for slug in ("alchemy", "Music", "a%00b", "x" * 100, "..%2F"):
            assert (await root.put(f"/admin/categories/{slug}", {"name": "X"})).status_code == 404, slug
            assert (await root.delete(f"/admin/categories/{slug}")).status_code == 404, slug


async def test_a_category_of_the_wrong_shape_is_refused(classroom: Classroom, root: Person) -> None:
    right = {"slug": "cooking", "name": "Cooking", "order": 1}
    wrong = {"slug": "Cooking!", "name": " ", "order": -1}
    async with classroom.unchanged():
        for field, value in [*wrong.items(), ("slug", "a" * 61), ("order", 1.5), ("order", 40_000), ("name", None)]:
            assert refusal(await root.post("/admin/categories", right | {field: value})) == (422, "validation_failed")
            assert refusal(await root.put("/admin/categories/music", {field: value})) == (422, "validation_failed")
        assert (await root.post("/admin/categories", {"slug": "cooking"})).status_code == 422
