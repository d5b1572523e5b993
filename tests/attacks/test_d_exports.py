"""Group D: a CSV that is opened in a spreadsheet runs nothing."""

from __future__ import annotations

import csv
import io

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.statistics import refresh

from coursify.core.csv_table import write_csv
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
TITLES = ['=HYPERLINK("http://evil.example","Refund")', "+1+1", "-1", "@SUM(A1)", "＝1+1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("title", TITLES)
async def test_D09_a_title_that_is_a_formula_is_neutralized(
    classroom: Classroom, resources: Resources, title: str
) -> None:
    teacher = await classroom.person("instructor")
    course = await classroom.published(teacher, title=title, price=0)
    await classroom.lesson(teacher, course, title=title)
    student: Person = await classroom.person("student")
    assert (await student.post("/enrollments", {"courseId": course["id"]})).status_code == 201
    await refresh(resources)
    admin = await classroom.person("admin")
    for path in (
        "/admin/stats?format=csv&table=popularCourses",
        f"/courses/{course['id']}/stats?format=csv&table=lessons",
    ):
        rows = list(csv.DictReader(io.StringIO((await admin.get(path)).content.decode("utf-8-sig"))))
        assert rows[-1]["title"] == f"'{title}"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x"])
def test_D09_no_cell_of_text_begins_as_a_formula(text: str) -> None:
    [_header, row] = list(csv.reader(io.StringIO(write_csv(["a", "b"], [[text, -5]]).decode("utf-8-sig"), newline="")))
    assert row == [f"'{text}", "-5"]


@pytest.mark.parametrize(
    ("text", "written"),
    [("x;=1", "x;'=1"), ("x; @y;-2", "x;' @y;'-2"), ("x\t+1", "x\t'+1"), (";=1", ";'=1"), ("a; b = c", "a; b = c")],
)
def test_D09_no_cell_begins_as_a_formula_where_semicolons_separate(text: str, written: str) -> None:
    [_header, row] = list(csv.reader(io.StringIO(write_csv(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert row == [written]
