"""Reads the content of the sample school from `content/`: courses, instructors, reviews, names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coursify.modules.courses.models import Level

# The categories that the migrations create; each has a file.
CATEGORIES = ("development", "data", "design", "business", "marketing", "languages", "music", "photography")


@dataclass(frozen=True, slots=True)
class SampleLesson:
    title: str
    minutes: int
    content: str


@dataclass(frozen=True, slots=True)
class SampleSection:
    """A section with the next `lesson_count` lessons of its course."""

    title: str
    lesson_count: int


@dataclass(frozen=True, slots=True)
class SampleReview:
    stars: int
    text: str


@dataclass(frozen=True, slots=True)
class SampleCourse:
    """`price` is in minor units; `popularity` weighs how often it is bought, `quality` is its average rating."""

    category: str
    title: str
    subtitle: str
    instructor: str
    level: Level
    language: str
    price: int
    currency: str
    popularity: int
    quality: float
    description: str
    requirements: tuple[str, ...]
    outcomes: tuple[str, ...]
    lessons: tuple[SampleLesson, ...]
    sections: tuple[SampleSection, ...]
    reviews: tuple[SampleReview, ...]
    status: str

    @property
    def is_free(self) -> bool:
        return self.price == 0

    @property
    def is_on_sale(self) -> bool:
        return self.status == "published"


@dataclass(frozen=True, slots=True)
class SampleInstructor:
    """`email` is set for the instructor whose account the sandbox prints."""

    name: str
    email: str | None
    bio: str


@dataclass(frozen=True, slots=True)
class SampleTexts:
    """Names of students and texts for any course; `comments` are by number of stars."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    comments: dict[int, tuple[str, ...]]
    replies: tuple[str, ...]
    refund_reasons: tuple[str, ...]


@cache
def read_courses() -> tuple[SampleCourse, ...]:
    return tuple(_course(category, entry) for category in CATEGORIES for entry in _read(category)["course"])


@cache
def read_instructors() -> tuple[SampleInstructor, ...]:
    return tuple(
        SampleInstructor(name=entry["name"], email=entry.get("email"), bio=entry["bio"])
        for entry in _read("instructors")["instructor"]
    )


@cache
def read_texts() -> SampleTexts:
    texts = _read("texts")
    return SampleTexts(
        first_names=tuple(texts["first_names"]),
        last_names=tuple(texts["last_names"]),
        comments={int(stars): tuple(comments) for stars, comments in texts["comments"].items()},
        replies=tuple(texts["replies"]),
        refund_reasons=tuple(texts["refund_reasons"]),
    )


def _course(category: str, entry: dict[str, Any]) -> SampleCourse:
    lessons = tuple(SampleLesson(title, minutes, content.strip()) for title, minutes, content in entry["lessons"])
    reviews = tuple(SampleReview(stars, text) for stars, text in entry.get("reviews", []))
    return SampleCourse(
        category=category,
        title=entry["title"],
        subtitle=entry["subtitle"],
        instructor=entry["instructor"],
        level=entry["level"],
        language=entry.get("language", "en"),
        price=entry["price"],
        currency=entry["currency"],
        popularity=entry["popularity"],
        quality=entry["quality"],
        description=entry["description"].strip(),
        requirements=tuple(entry["requirements"]),
        outcomes=tuple(entry["outcomes"]),
        lessons=lessons,
        sections=tuple(SampleSection(title, lesson_count) for title, lesson_count in entry.get("sections", [])),
        reviews=reviews,
        status=entry.get("status", "published"),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("content", f"{name}.toml").read_text(encoding="utf-8"))
