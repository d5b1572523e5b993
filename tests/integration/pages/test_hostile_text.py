"""Whatever people type is text on every page that is declared, of admins and of instructors."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom
from tests.support.hostile_school import FILE, HOSTILE, hostile_school
from tests.support.page_addresses import addresses_of_pages
from tests.support.shop import Shop
from tests.support.visitor import Visitor, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
# Lists and previews that repeat what was asked for.
ASKED = (
    *(f"/admin/{page}?search={{}}" for page in ("people", "courses")),
    *(f"/admin/payments?{name}={{}}" for name in ("person", "course", "reference")),
    *("/admin/jobs?kind={}", "/admin/audit-log?action={}", "/account/sign-in?next={}"),
)


def assert_text(shown: str, path: str) -> None:
    for markup in ("<img src=x", "<script>alert", "7049"):
        assert markup not in shown, (path, markup)


async def test_whatever_people_type_is_text_on_every_page(classroom: Classroom, shop: Shop) -> None:
    school = await hostile_school(classroom, shop)
    desk = await Visitor(classroom.client).signed_in(await classroom.person("admin"))
    seen = 0
    for path in [*addresses_of_pages("admin", school.examples), *school.refund_previews]:
        shown = await desk.read(path)
        assert_text(shown, path)
        seen += HOSTILE in text_of(shown)
    assert seen > 25, "most pages show something of it"
    for path in ASKED:
        answer = await desk._call("GET", path.partition("?")[0], {}, params={path[path.index("?") + 1 : -3]: HOSTILE})
        assert_text(answer.text, path)

    owner = await Visitor(classroom.client).signed_in(school.teacher)
    ((lesson_id, course_id),) = await classroom.rows(
        "SELECT lesson_id, course_id FROM lesson_attachments JOIN lessons ON lessons.id = lesson_id"
    )
    examples = {"course_id": [course_id], "lesson_id": [lesson_id]}
    for path in addresses_of_pages("teach", examples):
        shown = await owner.read(path)
        assert_text(shown, path)
    assert FILE in text_of(await owner.read(f"/teach/courses/{course_id}/lessons/{lesson_id}"))
