"""What an instructor types about a course and a lesson, in the words of the services."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from coursify.core.currencies import CURRENCIES
from coursify.core.errors import Invalid
from coursify.core.schema import Input, Line, Prose, QueryWhole
from coursify.core.text import clean_line
from coursify.modules.courses.models import (
    MAX_POINT_LENGTH,
    MAX_POINTS,
    CategoryWithCount,
    Course,
    CourseFields,
    CourseTexts,
    Lesson,
    LessonChanges,
    LessonFields,
    LessonPlacement,
    Level,
    Section,
)
from coursify.modules.courses.schemas.incoming import (
    Currency,
    ExternalVideoUrl,
    Html,
    Language,
    LessonTitle,
    Slug,
    Subtitle,
    Title,
)
from coursify.pages.core.amounts import read_amount, write_amount

LEVELS = (("all", "All levels"), ("beginner", "Beginner"), ("intermediate", "Intermediate"), ("advanced", "Advanced"))
LANGUAGES = (
    ("en", "English"), ("ar", "العربية"), ("bn", "বাংলা"), ("cs", "Čeština"), ("da", "Dansk"), ("de", "Deutsch"),
    ("el", "Ελληνικά"), ("es", "Español"), ("fa", "فارسی"), ("fi", "Suomi"), ("fr", "Français"), ("he", "עברית"),
    ("hi", "हिन्दी"), ("hu", "Magyar"), ("id", "Bahasa Indonesia"), ("it", "Italiano"), ("ja", "日本語"),
    ("ko", "한국어"), ("nl", "Nederlands"), ("no", "Norsk"), ("pl", "Polski"), ("pt", "Português"),
    ("pt-BR", "Português (Brasil)"), ("ro", "Română"), ("ru", "Русский"), ("sv", "Svenska"), ("th", "ไทย"),
    ("tr", "Türkçe"), ("uk", "Українська"), ("ur", "اردو"), ("vi", "Tiếng Việt"), ("zh", "中文"),
)  # fmt: skip
_TAG = re.compile(r"</?[a-z][a-z0-9]*[\s/>]", re.IGNORECASE | re.ASCII)
_BLOCK = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|hr|div)[\s/>]", re.IGNORECASE | re.ASCII
)
_MINUTE = 60
MAX_MINUTES = 6_000
Lines = Annotated[Prose, Field(max_length=20_000)]

Intent = Literal["save", "preview"]
Choices = list[tuple[str, str]]


class CourseForm(Input):
    """A course with its price as it is typed. `version` is the one that the form was filled from."""

    title: Title
    subtitle: Subtitle | None = None
    description: Html = ""
    requirements: Lines = ""
    outcomes: Lines = ""
    price: Annotated[Line, Field(max_length=30)] | None = None
    currency: Currency
    category: Slug | None = None
    level: Level = "all"
    language: Language = "en"
    version: QueryWhole | None = None
    intent: Intent = "save"

    def fields(self) -> CourseFields:
        """Raises Invalid for what is no amount of the currency, and for too many or too long lines."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "description": as_html(self.description),
            "price_minor": self._price(),
            "currency": self.currency,
            "category": self.category,
            "level": self.level,
            "language": self.language,
            "requirements": read_points("requirements", self.requirements),
            "outcomes": read_points("outcomes", self.outcomes),
        }

    def _price(self) -> int | None:
        if self.price is None:
            return None
        try:
            return read_amount(self.price, self.currency)
        except ValueError as error:
            raise Invalid(details=[{"field": "price", "message": str(error)}]) from error


class LessonForm(Input):
    """A lesson. The section is a section's id, or absent for none."""

    title: LessonTitle
    section: UUID | None = None
    content: Html | None = None
    external_video_url: ExternalVideoUrl | None = None
    is_preview: Literal["true"] | None = None
    minutes: Annotated[QueryWhole, Field(ge=0, le=MAX_MINUTES)] | None = None
    version: QueryWhole | None = None
    intent: Intent = "save"

    def fields(self) -> LessonFields:
        return {
            "title": self.title,
            "content": None if self.content is None else as_html(self.content),
            "external_video_url": self.external_video_url,
            "is_preview": self.is_preview is not None,
            "duration_seconds": (self.minutes or 0) * _MINUTE,
        }

    def changes(self, lesson: Lesson) -> LessonChanges:
        """The length stays in seconds, as a video has set it, unless other minutes are typed."""
        fields = self.fields()
        if self.minutes is None or self.minutes == minutes_of(lesson):
            fields["duration_seconds"] = lesson.duration_seconds
        return {**fields}

    def placement(self, lesson: Lesson) -> LessonPlacement | None:
        return None if self.section == lesson.section_id else {"section_id": self.section}


def typed_course(course: Course, texts: CourseTexts) -> Mapping[str, Any]:
    """The values of a CourseForm for a stored course."""
    return {
        "title": course.title,
        "subtitle": course.subtitle or "",
        "description": texts.description,
        "requirements": "\n".join(texts.requirements),
        "outcomes": "\n".join(texts.outcomes),
        "price": "" if course.price_minor is None else write_amount(course.price_minor, course.currency),
        "currency": course.currency,
        "category": course.category or "",
        "level": course.level,
        "language": course.language,
    }


def typed_lesson(lesson: Lesson) -> Mapping[str, Any]:
    """The values of a LessonForm for a stored lesson."""
    return {
        "title": lesson.title,
        "section": str(lesson.section_id or ""),
        "content": lesson.content or "",
        "externalVideoUrl": lesson.external_video_url or "",
        "isPreview": "true" if lesson.is_preview else "",
        "minutes": str(minutes_of(lesson)),
    }


def minutes_of(lesson: Lesson) -> int:
    return round(lesson.duration_seconds / _MINUTE)


def read_points(field: str, text: str) -> list[str]:
    """The texts of a field with one per line; empty lines are none. Raises Invalid."""
    try:
        points = [clean_line(line) for line in text.split("\n") if line.strip()]
    except ValueError as error:
        raise Invalid(details=[{"field": field, "message": f"a line {error}"}]) from error
    if len(points) > MAX_POINTS:
        raise Invalid(details=[{"field": field, "message": f"must have at most {MAX_POINTS} lines"}])
    if any(len(point) > MAX_POINT_LENGTH for point in points):
        message = f"each line must have at most {MAX_POINT_LENGTH} characters"
        raise Invalid(details=[{"field": field, "message": message}])
    return points


def as_html(text: str) -> str:
    """Paragraphs that were written without tags get theirs, so that learners see the empty lines. HTML stays as it is.

    A text without any tag is plain: its `&` and `<` mean themselves.
    """
    if not text.strip() or re.search(r"<pre[\s>]", text, re.IGNORECASE):
        return text
    chunks = re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n").strip())
    if not _TAG.search(text):
        chunks = [html.escape(each, quote=False) for each in chunks]
    return "\n".join(each if _BLOCK.match(each) else _paragraph(each) for each in chunks)


def _paragraph(text: str) -> str:
    lines = text.replace("\n", "<br>")
    return f"<p>{lines}</p>"


class Options:
    """What can be chosen in the forms, as (value, text)."""

    levels = LEVELS
    currencies = tuple((code, code.upper()) for code in CURRENCIES)

    @staticmethod
    def languages(chosen: str | None) -> Choices:
        """With the one that is stored, which may be another."""
        known = dict(LANGUAGES)
        return [*LANGUAGES, *([(chosen, chosen)] if chosen and chosen not in known else [])]

    @staticmethod
    def categories(found: Sequence[CategoryWithCount]) -> Choices:
        return [("", "None yet"), *((each.slug, each.name) for each in found)]

    @staticmethod
    def sections(found: Sequence[Section]) -> Choices:
        return [("", "Before the first section"), *((str(each.id), each.title) for each in found)]
