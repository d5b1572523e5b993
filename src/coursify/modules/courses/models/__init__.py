"""Courses, lessons and categories as rows, and what is always true of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypedDict
from uuid import NAMESPACE_URL, UUID, uuid5

from coursify.core.errors import Details
from coursify.core.money import Money

CourseStatus = Literal["draft", "pending", "published", "rejected"]
Level = Literal["beginner", "intermediate", "advanced", "all"]
OrderName = Literal["newest", "popular", "trending", "rating", "price", "-price", "relevance"]

MAX_LESSONS = 1_000
MAX_SECTIONS = 200
# Of requirements, and of outcomes.
MAX_POINTS = 20
MAX_POINT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Course:
    """A course; a deleted one keeps its row and lessons for those enrolled. An erased instructor has no name.

    `excerpt` is the beginning of the description as plain text; it is empty when the description is.
    `is_sale_suspended`: its instructor may not sell, or an admin suspended its sale; that has an id and a reason.
    """

    id: UUID
    instructor_id: UUID
    instructor_name: str | None
    instructor_avatar_url: str | None
    instructor_avatar_path: str | None
    slug: str
    title: str
    subtitle: str | None
    excerpt: str
    price_minor: int | None
    currency: str
    category: str | None
    level: Level
    language: str
    image_path: str | None
    image_asset_id: UUID | None
    image_alt_text: str | None
    status: CourseStatus
    is_sale_suspended: bool
    sale_suspension_id: UUID | None
    sale_suspension_reason: str | None
    rejection_reason: str | None
    version: int
    average_rating: Decimal
    rating_count: int
    enrollment_count: int
    trending_score: int
    lesson_count: int
    duration_seconds: int
    submitted_at: datetime | None
    published_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_published(self) -> bool:
        """Approved and not deleted: those enrolled learn it, whether or not it is on sale."""
        return self.status == "published" and self.deleted_at is None

    @property
    def is_on_sale(self) -> bool:
        """Anyone may see it, buy it and enroll in it: it is published, its instructor may sell, no admin objects."""
        return self.is_published and not self.is_sale_suspended

    @property
    def must_be_complete(self) -> bool:
        """It waits for approval or is approved."""
        return self.status in {"pending", "published"}

    @property
    def is_submittable(self) -> bool:
        return self.status in {"draft", "rejected"}

    @property
    def is_free(self) -> bool:
        return self.price_minor == 0

    @property
    def price(self) -> Money | None:
        """None until the owner names one; what is published has one."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)

    def missing_fields(self) -> Details:
        """What the course itself still lacks before it may be submitted; its lessons are asked apart."""
        wanted = {"title": self.title, "description": self.excerpt, "price": self.price_minor}
        return [
            {"field": field, "message": "is missing"} for field, value in wanted.items() if value is None or value == ""
        ]


@dataclass(frozen=True, slots=True)
class CatalogueCourse(Course):
    """A course in a list: `total` counts the whole list up to the cap, `relevance` is its fit to a search."""

    total: int
    relevance: int


@dataclass(frozen=True, slots=True)
class CourseTexts:
    """What is long about a course: the description, what learners need before it, and what they can do after it."""

    description: str
    requirements: list[str]
    outcomes: list[str]


@dataclass(frozen=True, slots=True)
class CourseWithText(Course):
    """A course with its whole description, which is HTML of up to 100,000 characters, and its lists of plain texts."""

    description: str
    requirements: list[str]
    outcomes: list[str]


@dataclass(frozen=True, slots=True)
class CourseDetail(CourseWithText):
    """A course with the titles of its sections and lessons in order, and its ratings from one star to five."""

    rating_counts: list[int]
    sections: list[dict[str, Any]]
    lessons: list[dict[str, Any]]

    @property
    def rating_distribution(self) -> dict[str, int]:
        """`{"1": …, "5": …}`: how many gave how many stars."""
        return {str(stars): count for stars, count in enumerate(self.rating_counts, start=1)}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chapter; `position` counts from 1 without gaps and is None once it is deleted."""

    id: UUID
    course_id: UUID
    section_id: UUID | None
    title: str
    position: int | None
    content: str | None
    external_video_url: str | None
    has_video: bool
    is_preview: bool
    duration_seconds: int
    version: int
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_ready(self) -> bool:
        """Whether there is something to learn from."""
        return bool(self.content or self.external_video_url or self.has_video)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a course above its lessons; `position` counts from 1 without gaps."""

    id: UUID
    course_id: UUID
    title: str
    position: int


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """A lesson and its section. `section_position` is 0 for a lesson in no section: those come first."""

    lesson_id: UUID
    section_id: UUID | None
    section_position: int


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A section as its author arranges it: one that exists under its id, or a new one without."""

    id: UUID | None
    title: str
    lesson_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Category:
    slug: str
    name: str
    position: int

    @property
    def audit_id(self) -> UUID:
        """The audit log knows its targets by id; a category has a slug."""
        return uuid5(NAMESPACE_URL, f"category:{self.slug}")


@dataclass(frozen=True, slots=True)
class CategoryWithCount:
    """A category, and the number of courses on sale in it."""

    slug: str
    name: str
    course_count: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title, a name or a category that begins as somebody typed; an instructor's `slug` is the id."""

    kind: Literal["course", "instructor", "category"]
    text: str
    slug: str


@dataclass(frozen=True, slots=True)
class SalesChange:
    """How many published courses went off sale, and how many are on sale again."""

    suspended: int
    resumed: int


class CourseFields(TypedDict):
    """What an owner decides about a course."""

    title: str
    subtitle: str | None
    description: str
    price_minor: int | None
    currency: str
    category: str | None
    level: Level
    language: str
    requirements: list[str]
    outcomes: list[str]


class CourseChanges(TypedDict, total=False):
    """The same where a change names only some; one that is absent is left alone."""

    title: str
    subtitle: str | None
    description: str
    price_minor: int | None
    currency: str
    category: str | None
    level: Level
    language: str
    requirements: list[str]
    outcomes: list[str]


class LessonFields(TypedDict):
    """What an owner decides about a lesson, but for its place."""

    title: str
    content: str | None
    external_video_url: str | None
    is_preview: bool
    duration_seconds: int


class LessonChanges(TypedDict, total=False):
    """The same where a change names only some."""

    title: str
    content: str | None
    external_video_url: str | None
    is_preview: bool
    duration_seconds: int


class LessonPlacement(TypedDict, total=False):
    """The place and section that an author asks for. A section of None means in no section."""

    order: int | None
    section_id: UUID | None


class CategoryChanges(TypedDict, total=False):
    slug: str
    name: str
    position: int
