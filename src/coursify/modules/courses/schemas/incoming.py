"""Courses, lessons and categories that clients send."""

from __future__ import annotations

from typing import Annotated, cast
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from coursify.core.currencies import CURRENCIES
from coursify.core.language_tags import LONGEST_TAG, check_language
from coursify.core.pagination import PageQuery
from coursify.core.schema import AmountMinor, FilledProse, Flag, Input, Line, Omittable, Prose, Whole
from coursify.core.text import clean_filename
from coursify.modules.courses.models import (
    MAX_LESSONS,
    MAX_POINT_LENGTH,
    MAX_POINTS,
    MAX_SECTIONS,
    CategoryChanges,
    CourseChanges,
    CourseFields,
    CourseStatus,
    LessonChanges,
    LessonFields,
    LessonPlacement,
    Level,
    SectionPlan,
)
from coursify.modules.courses.models.media import VideoFields
from coursify.modules.courses.rich_text import MAX_LENGTH
from coursify.modules.courses.video_urls import check_video_url


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("must be an ISO 4217 currency in lower case, such as usd")
    return code


LARGEST_FILE = 2**40
Title = Annotated[Line, Field(max_length=200, examples=["Python from the ground up"])]
Subtitle = Annotated[Line, Field(max_length=300, examples=["Write programs that you can trust"])]
Html = Annotated[
    Prose,
    Field(
        max_length=MAX_LENGTH,
        description="HTML; a `<` that begins no allowed tag is text and is stored as `&lt;`",
        examples=["<p>From nothing to a program that runs.</p>"],
    ),
]
Currency = Annotated[str, Field(max_length=3, examples=["usd"]), AfterValidator(_known_currency)]
Slug = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["development"])]
Language = Annotated[
    str,
    Field(max_length=LONGEST_TAG, description="a BCP 47 tag in any case", examples=["en", "zh-Hans"]),
    AfterValidator(check_language),
]
Points = Annotated[
    list[Annotated[Line, Field(max_length=MAX_POINT_LENGTH)]],
    Field(max_length=MAX_POINTS, description="short plain texts, in their order"),
]
Requirements = Annotated[Points, Field(examples=[["A computer on which you may install programs"]])]
Outcomes = Annotated[Points, Field(examples=[["Write a program that others use"]])]
LessonTitle = Annotated[Line, Field(max_length=200, examples=["Ownership"])]
Order = Annotated[Whole, Field(ge=1, le=MAX_LESSONS, description="from 1; beyond the end means at the end")]
SectionId = Annotated[UUID, Field(description="a section of the course; null: in no section, before the first one")]
ExternalVideoUrl = Annotated[
    str,
    Field(max_length=2_000, examples=["https://vimeo.com/76979871"]),
    AfterValidator(check_video_url),
]
Seconds = Annotated[Whole, Field(ge=0, le=360_000)]
CategoryName = Annotated[Line, Field(max_length=60, examples=["Development"])]
Place = Annotated[Whole, Field(ge=0, le=1_000, description="the place among the categories")]


class CourseCreate(Input):
    title: Title
    description: Html
    price: AmountMinor
    category: Slug
    currency: Currency | None = None
    subtitle: Subtitle | None = None
    level: Level = "all"
    language: Language = "en"
    requirements: Requirements = Field(default_factory=list)
    outcomes: Outcomes = Field(default_factory=list)

    def fields(self, default_currency: str) -> CourseFields:
        """The fields of a new course."""
        given = self.model_dump()
        given["price_minor"] = given.pop("price")
        given["currency"] = self.currency or default_currency
        return cast("CourseFields", given)


class CourseUpdate(Input):
    """An absent field stays unchanged; null clears the optional ones."""

    title: Omittable[Title]
    subtitle: Subtitle | None = None
    description: Omittable[Html]
    price: AmountMinor | None = None
    currency: Omittable[Currency]
    category: Slug | None = None
    level: Omittable[Level]
    language: Omittable[Language]
    requirements: Omittable[Requirements]
    outcomes: Omittable[Outcomes]

    def changes(self) -> CourseChanges:
        given = self.model_dump(exclude_unset=True)
        if "price" in given:
            given["price_minor"] = given.pop("price")
        return cast("CourseChanges", given)


class LessonCreate(Input):
    """Without `sectionId` the lesson joins the section at its place: at the end, the last one."""

    title: LessonTitle
    order: Order | None = None
    section_id: SectionId | None = None
    content: Html | None = None
    external_video_url: ExternalVideoUrl | None = None
    is_preview: Flag = False
    duration_seconds: Seconds = 0

    def fields(self) -> LessonFields:
        return cast("LessonFields", self.model_dump(exclude={"order", "section_id"}))

    def placement(self) -> LessonPlacement:
        return cast("LessonPlacement", self.model_dump(exclude_unset=True, include={"order", "section_id"}))


class LessonUpdate(Input):
    """An absent field stays unchanged; `order` moves the lesson within its section, `sectionId` to another one."""

    title: Omittable[LessonTitle]
    order: Order | None = None
    section_id: SectionId | None = None
    content: Html | None = None
    external_video_url: ExternalVideoUrl | None = None
    is_preview: Omittable[Flag]
    duration_seconds: Omittable[Seconds]

    def changes(self) -> LessonChanges:
        return cast("LessonChanges", self.model_dump(exclude_unset=True, exclude={"order", "section_id"}))

    def placement(self) -> LessonPlacement:
        given = self.model_dump(exclude_unset=True, include={"order", "section_id"})
        return cast("LessonPlacement", {} if given == {"order": None} else given)


class VideoAnnouncement(Input):
    """A file that will be uploaded. Its extension, type and content have to agree."""

    filename: Annotated[Line, Field(max_length=255, examples=["lesson-1.mp4"])]
    size: Annotated[Whole, Field(ge=1, le=LARGEST_FILE, description="in bytes")]
    type: Annotated[
        str, Field(min_length=1, max_length=100, examples=["video/mp4"], description="`video/mp4` or `video/webm`")
    ]

    def fields(self) -> VideoFields:
        return {"filename": clean_filename(self.filename), "content_type": self.type, "size": self.size}


class LessonOrder(Input):
    lesson_ids: list[UUID] = Field(max_length=MAX_LESSONS, description="every lesson of the course exactly once")


class SectionInput(Input):
    """A section that exists has its `id`; one without is new."""

    id: UUID | None = None
    title: LessonTitle
    lesson_ids: list[UUID] = Field(max_length=MAX_LESSONS)


class CurriculumInput(Input):
    """The sections of a course in their order. Lessons that are not named are in no section and come first."""

    sections: list[SectionInput] = Field(max_length=MAX_SECTIONS)

    @model_validator(mode="after")
    def _names_few_lessons(self) -> CurriculumInput:
        if sum(len(section.lesson_ids) for section in self.sections) > MAX_LESSONS:
            raise ValueError(f"a course has at most {MAX_LESSONS:,} lessons")
        return self

    def plan(self) -> list[SectionPlan]:
        return [SectionPlan(section.id, section.title, tuple(section.lesson_ids)) for section in self.sections]


class CategoryCreate(Input):
    slug: Slug
    name: CategoryName
    order: Place = 0


class CategoryUpdate(Input):
    """An absent field stays unchanged; courses follow a new slug."""

    slug: Omittable[Slug]
    name: Omittable[CategoryName]
    order: Omittable[Place]

    def changes(self) -> CategoryChanges:
        given = self.model_dump(exclude_unset=True)
        if "order" in given:
            given["position"] = given.pop("order")
        return cast("CategoryChanges", given)


class ReadRevision(Input):
    """The `revision` of the review-diff that was read."""

    revision: Annotated[str, Field(min_length=1, max_length=64)]


class CourseRejection(Input):
    reason: Annotated[FilledProse, Field(min_length=1, max_length=2_000)]


class SaleSuspension(Input):
    """The instructor gets the reason by email."""

    reason: Annotated[FilledProse, Field(min_length=1, max_length=2_000)]


class StatusQuery(PageQuery):
    """Courses of one status, or of all."""

    status: CourseStatus | None = None
