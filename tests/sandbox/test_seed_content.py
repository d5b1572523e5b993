"""The sample school's content is complete, and its plan is the same on every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from coursify_sandbox.seed.plan_history import Student, plan_history
from coursify_sandbox.seed.plan_views import plan_views
from coursify_sandbox.seed.sample_content import CATEGORIES, read_courses, read_instructors, read_texts


def test_the_history_is_the_same_on_every_run() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    courses = {course.title: course for course in read_courses() if course.is_on_sale}
    published_at = dict.fromkeys(courses, now - timedelta(days=100))
    demo_student = Student("Sam Rowe", "student@example.com")
    plans = [plan_history(courses, published_at, read_texts(), demo_student=demo_student, now=now) for _ in range(2)]
    assert plans[0] == plans[1]
    viewed = [plan_views(courses, published_at, plan, now=now) for plan in plans]
    assert viewed[0] == viewed[1]
    assert all(day.viewers <= day.views and day.day <= now.date() for day in viewed[0])
    assert all(earlier[0] <= later[0] < now for earlier, later in zip(plans[0], plans[0][1:], strict=False))


def test_the_content_is_complete() -> None:
    courses = read_courses()
    instructors = {instructor.name for instructor in read_instructors()}
    assert len({course.title for course in courses}) == len(courses)
    assert [course.category for course in courses] == sorted(
        (course.category for course in courses), key=CATEGORIES.index
    )
    for course in courses:
        assert course.instructor in instructors, course.title
        assert len(course.lessons) >= 4 or not course.is_on_sale, course.title
        assert course.description.startswith("<p>"), course.title
        assert all(lesson.content.startswith("<p>") for lesson in course.lessons), course.title
        assert course.reviews or not course.is_on_sale, course.title
        divided = sum(section.lesson_count for section in course.sections)
        assert divided in {0, len(course.lessons)}, course.title
    assert sum(bool(course.sections) for course in courses) == 2


def test_the_content_has_no_real_email_address() -> None:
    folder = Path(__file__).resolve().parents[2] / "src/coursify_sandbox/seed/content"
    for path in folder.glob("*.toml"):
        addresses = [word for word in path.read_text().split() if "@" in word]
        assert all(address.strip('",').endswith("@example.com") for address in addresses), path.name
