"""What people wrote for the sample school, read from `content/`: courses, instructors, reviews, names."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coursify.modules.courses.models import Level

# The catalogue's eight shelves, as the migrations made them; each has its file.
SHELVES = ("development", "data", "design", "business", "marketing", "languages", "music", "photography")


@dataclass(frozen=True, slots=True)
class SampleLesson:
    title: str
    minutes: int
    content: str


@dataclass(frozen=True, slots=True)
class SampleReview:
    stars: int
    text: str


@dataclass(frozen=True, slots=True)
class SampleCourse:
    """`price` is in the currency's smallest unit; `pull` says how many it draws, `quality` how they rate it."""

    category: str
    title: str
    subtitle: str
    instructor: str
    level: Level
    language: str
    price: int
    currency: str
    pull: int
    quality: float
    description: str
    lessons: tuple[SampleLesson, ...]
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
    """One of them is the printed account, and has its address."""

    name: str
    email: str | None
    bio: str


@dataclass(frozen=True, slots=True)
class Words:
    """What students are called, and what they say of any course, by stars."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    remarks: dict[int, tuple[str, ...]]
    replies: tuple[str, ...]
    refund_reasons: tuple[str, ...]


@cache
def read_courses() -> tuple[SampleCourse, ...]:
    return tuple(_course(shelf, entry) for shelf in SHELVES for entry in _read(shelf)["course"])


@cache
def read_instructors() -> tuple[SampleInstructor, ...]:
    return tuple(
        SampleInstructor(name=entry["name"], email=entry.get("email"), bio=entry["bio"])
        for entry in _read("instructors")["instructor"]
    )


@cache
def read_words() -> Words:
    given = _read("words")
    return Words(
        first_names=tuple(given["first_names"]),
        last_names=tuple(given["last_names"]),
        remarks={int(stars): tuple(remarks) for stars, remarks in given["remarks"].items()},
        replies=tuple(given["replies"]),
        refund_reasons=tuple(given["refund_reasons"]),
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
        pull=entry["pull"],
        quality=entry["quality"],
        description=entry["description"].strip(),
        lessons=lessons,
        reviews=reviews,
        status=entry.get("status", "published"),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("content", f"{name}.toml").read_text(encoding="utf-8"))
