"""What is always true of a course, and who may do what to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from coursify.core.caller import Caller, Role
from coursify.core.money import Money
from coursify.modules.courses import policies
from coursify.modules.courses.errors import CourseNotFound, NotYourCourse
from coursify.modules.courses.models import Course, CourseStatus
from coursify.modules.courses.schemas.catalogue_query import CatalogueQuery
from coursify.modules.courses.schemas.incoming import CourseUpdate

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OWNER, OTHER = UUID(int=1), UUID(int=2)

COURSE = Course(
    id=UUID(int=10),
    instructor_id=OWNER,
    instructor_name="Ada",
    instructor_avatar_url=None,
    instructor_avatar_path=None,
    slug="course",
    title="Course",
    subtitle=None,
    excerpt="Words",
    price_minor=4900,
    currency="usd",
    category="development",
    level="all",
    language="en",
    image_path=None,
    image_asset_id=None,
    image_alt_text=None,
    status="draft",
    is_sale_suspended=False,
    sale_suspension_id=None,
    sale_suspension_reason=None,
    rejection_reason=None,
    version=1,
    average_rating=Decimal(0),
    rating_count=0,
    enrollment_count=0,
    trending_score=0,
    lesson_count=0,
    duration_seconds=0,
    submitted_at=None,
    published_at=None,
    deleted_at=None,
    created_at=NOW,
    updated_at=NOW,
)


def caller(user_id: UUID, role: Role) -> Caller:
    return Caller(user_id=user_id, session_id=UUID(int=9), role=role, is_email_verified=True, authenticated_at=NOW)


def test_a_deleted_course_is_not_on_sale() -> None:
    assert replace(COURSE, status="published").is_published
    assert not replace(COURSE, status="published", deleted_at=NOW).is_published


def test_a_course_whose_instructor_may_not_sell_is_published_but_not_on_sale() -> None:
    course = replace(COURSE, status="published", is_sale_suspended=True)
    assert course.is_published
    assert not course.is_on_sale
    assert replace(course, is_sale_suspended=False).is_on_sale
    for stranger in (None, caller(OTHER, "instructor"), caller(OTHER, "student")):
        assert not policies.can_see_course(course, stranger)
    for editor in (caller(OWNER, "student"), caller(OTHER, "admin")):
        assert policies.can_see_course(course, editor)


def test_only_a_price_of_zero_is_free() -> None:
    assert replace(COURSE, price_minor=0).is_free
    assert not replace(COURSE, price_minor=None).is_free
    assert replace(COURSE, price_minor=None).price is None
    assert COURSE.price == Money(4900, "usd")


def test_everything_missing_is_named() -> None:
    empty = replace(COURSE, title="", excerpt="", price_minor=None)
    assert [detail["field"] for detail in empty.missing_fields()] == ["title", "description", "price"]
    assert replace(COURSE, price_minor=0).missing_fields() == []


@pytest.mark.parametrize("status", ["draft", "pending", "rejected"])
def test_before_it_is_published_a_course_exists_for_owner_and_admins_alone(status: CourseStatus) -> None:
    course = replace(COURSE, status=status)
    assert policies.can_see_course(course, caller(OWNER, "instructor"))
    assert policies.can_see_course(course, caller(OTHER, "admin"))
    for stranger in (None, caller(OTHER, "instructor"), caller(OTHER, "student")):
        assert not policies.can_see_course(course, stranger)
    with pytest.raises(CourseNotFound):
        policies.require_editor(course, caller(OTHER, "instructor"))


def test_a_published_course_is_seen_by_all_and_edited_by_owner_and_admins() -> None:
    course = replace(COURSE, status="published")
    assert policies.can_see_course(course, None)
    policies.require_editor(course, caller(OWNER, "instructor"))
    policies.require_editor(course, caller(OTHER, "admin"))
    with pytest.raises(NotYourCourse):
        policies.require_editor(course, caller(OTHER, "instructor"))
    with pytest.raises(NotYourCourse):
        policies.require_owner(course, caller(OTHER, "admin"))


def test_a_deleted_course_exists_for_nobody() -> None:
    course = replace(COURSE, status="published", deleted_at=NOW)
    for who in (caller(OWNER, "instructor"), caller(OTHER, "admin"), None):
        assert not policies.can_see_course(course, who)


def test_a_change_names_only_what_was_given() -> None:
    body = CourseUpdate.model_validate({"price": None, "subtitle": None})
    assert body.changes() == {"price_minor": None, "subtitle": None}
    assert CourseUpdate.model_validate({}).changes() == {}


def test_a_search_without_a_wish_is_ranked_and_relevance_needs_a_search() -> None:
    assert CatalogueQuery.model_validate({}).order() == "newest"
    assert CatalogueQuery.model_validate({"sort": "relevance"}).order() == "newest"
    assert CatalogueQuery.model_validate({"search": "rust"}).order() == "relevance"
    assert CatalogueQuery.model_validate({"search": "rust", "sort": "price"}).order() == "price"


def test_free_is_a_price() -> None:
    assert CatalogueQuery.model_validate({"free": "true"}).filters("usd") == {"max_price": 0}
    assert CatalogueQuery.model_validate({"free": "false"}).filters("usd") == {"min_price": 1}
    assert CatalogueQuery.model_validate({"free": "false", "minPrice": "500"}).filters("eur") == {
        "currency": "eur",
        "min_price": 500,
    }
