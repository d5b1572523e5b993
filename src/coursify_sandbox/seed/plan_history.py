"""What happened in the school, drawn from its courses with a fixed seed of chance: pure, the same at every start."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from coursify_sandbox.seed.catalogue import SampleCourse, SampleReview, Words

SEED = 20_261
STUDENTS = 300
DAYS = 90
OPENED_DAYS_AGO = 150
RETURN_DAYS = 14
# How likely each is, of a hundred.
CART, RETURN, PARTIAL_RETURN, REPLY = 6, 4, 35, 25


@dataclass(frozen=True, slots=True)
class Student:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Joins:
    student: Student


@dataclass(frozen=True, slots=True)
class Buys:
    """Courses of one currency in one order; `number` tells one purchase from the others."""

    student: Student
    courses: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Enrolls:
    student: Student
    course: str


@dataclass(frozen=True, slots=True)
class Studies:
    """So many lessons, from the first, are done by then."""

    student: Student
    course: str
    lessons: int


@dataclass(frozen=True, slots=True)
class Rates:
    student: Student
    course: str
    stars: int
    comment: str | None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class GivesBack:
    """A whole purchase by its buyer, or `percent` of it by an admin."""

    student: Student
    purchase: int
    percent: int
    reason: str


Event = Joins | Buys | Enrolls | Studies | Rates | GivesBack
Dated = tuple[datetime, Event]


@dataclass
class Draw:
    """The drawing of one history: chance, what there is to choose from, what was drawn so far."""

    chance: random.Random
    courses: dict[str, SampleCourse]
    published_at: dict[str, datetime]
    words: Words
    now: datetime
    events: list[Dated]
    unused: dict[str, list[SampleReview]]
    purchases: int = 0

    def add(self, at: datetime, event: Event) -> bool:
        """What would lie in the future does not happen."""
        if at >= self.now:
            return False
        self.events.append((at, event))
        return True


def plan_history(
    courses: dict[str, SampleCourse],
    published_at: dict[str, datetime],
    words: Words,
    *,
    shown: Student,
    students: int = STUDENTS,
    now: datetime,
) -> list[Dated]:
    """Every event in its order; `shown` is the printed student, who has bought a few courses already.

    `courses` and `published_at` are by title and hold what is on sale.
    """
    chance = random.Random(SEED)
    unused = {title: list(course.reviews) for title, course in courses.items()}
    draw = Draw(chance, courses, published_at, words, now, [], unused)
    _plan_shown_student(draw, shown)
    for student in draw_students(chance, words, students):
        _plan_student(draw, student)
    # A stable sort keeps one person's events in the order in which they were drawn.
    return sorted(draw.events, key=lambda dated: dated[0])


def draw_students(chance: random.Random, words: Words, count: int) -> list[Student]:
    """Different people at example.com."""
    pairs = [(first, last) for first in words.first_names for last in words.last_names]
    return [
        Student(f"{first} {last}", f"{first}.{last}@example.com".lower()) for first, last in chance.sample(pairs, count)
    ]


def _plan_shown_student(draw: Draw, student: Student) -> None:
    """Two bought courses, one finished and praised, one begun, and a free one."""
    paid = [title for title, course in draw.courses.items() if not course.is_free and course.currency == "usd"]
    free = next(title for title, course in draw.courses.items() if course.is_free)
    first, second = sorted(paid, key=lambda title: -draw.courses[title].pull)[:2]
    joined = draw.now - timedelta(days=72, hours=3)
    draw.add(joined, Joins(student))
    _take(draw, student, first, joined + timedelta(hours=1))
    draw.add(joined + timedelta(days=6), Studies(student, first, len(draw.courses[first].lessons)))
    draw.add(joined + timedelta(days=7), Rates(student, first, 5, draw.unused[first].pop(0).text))
    _take(draw, student, free, joined + timedelta(days=20))
    _take(draw, student, second, draw.now - timedelta(days=9))
    draw.add(draw.now - timedelta(days=2), Studies(student, second, 2))


def _plan_student(draw: Draw, student: Student) -> None:
    """More and more people join; each takes a few courses, most of one shelf, and learns some of them."""
    chance = draw.chance
    joined = draw.now - timedelta(days=DAYS) * (1 - chance.random() ** 0.7) - timedelta(minutes=30)
    draw.add(joined, Joins(student))
    favorite = chance.choice(sorted(draw.courses.values(), key=lambda course: course.title)).category
    taken: set[str] = set()
    at = joined + timedelta(minutes=chance.randint(4, 90))
    for _ in range(chance.choices((1, 2, 3, 4, 5), weights=(40, 32, 17, 8, 3))[0]):
        title = _choose(draw, favorite, taken, at)
        if title is None or at >= draw.now:
            return
        taken |= _take(draw, student, title, at, taken)
        at += timedelta(days=chance.expovariate(1 / 14), minutes=chance.randint(5, 600))


def _choose(draw: Draw, favorite: str, taken: set[str], at: datetime) -> str | None:
    titles = [title for title, published in draw.published_at.items() if published < at and title not in taken]
    weights = [draw.courses[title].pull * (4 if draw.courses[title].category == favorite else 1) for title in titles]
    return draw.chance.choices(titles, weights=weights)[0] if titles else None


def _take(draw: Draw, student: Student, title: str, at: datetime, taken: set[str] | None = None) -> set[str]:
    """Get into a course, sometimes with a second one in the same order; the titles that are the student's now."""
    course = draw.courses[title]
    if course.is_free:
        draw.add(at, Enrolls(student, title))
        _plan_learning(draw, student, title, at, None)
        return {title}
    titles = [title]
    if taken is not None and _happens(draw, CART):
        titles += _second(draw, title, taken, at)
    draw.purchases += 1
    draw.add(at, Buys(student, tuple(titles), draw.purchases))
    returned_at = _plan_return(draw, student, at) if taken is not None and len(titles) == 1 else None
    for bought in titles:
        if taken is not None:
            _plan_learning(draw, student, bought, at, returned_at)
    return set(titles)


def _second(draw: Draw, title: str, taken: set[str], at: datetime) -> list[str]:
    """Another course of the same currency, if there is one."""
    others = [
        other
        for other, course in draw.courses.items()
        if course.currency == draw.courses[title].currency
        and not course.is_free
        and other not in taken | {title}
        and draw.published_at[other] < at
    ]
    return [draw.chance.choice(others)] if others else []


def _plan_return(draw: Draw, student: Student, at: datetime) -> datetime | None:
    """When a purchase was given back whole; a part of the price keeps the course open."""
    if not _happens(draw, RETURN):
        return None
    returned_at = at + timedelta(days=draw.chance.uniform(0.5, RETURN_DAYS))
    percent = draw.chance.choice((20, 25, 50)) if _happens(draw, PARTIAL_RETURN) else 100
    reason = draw.chance.choice(draw.words.refund_reasons)
    happened = draw.add(returned_at, GivesBack(student, draw.purchases, percent, reason))
    return returned_at if happened and percent == 100 else None


def _plan_learning(draw: Draw, student: Student, title: str, at: datetime, until: datetime | None) -> None:
    """A sitting, or two, and words about the course from those who came far enough; nothing after a return."""
    chance, total = draw.chance, len(draw.courses[title].lessons)
    done = min(total, round(total * chance.betavariate(1.3, 0.9)))
    sittings = sorted(chance.uniform(0.1, 25) for _ in range(min(done, chance.choice((1, 1, 1, 2)))))
    for number, days in enumerate(sittings, start=1):
        sat_at = at + timedelta(days=days)
        if until is None or sat_at < until:
            draw.add(sat_at, Studies(student, title, -(-done * number // len(sittings))))
    if sittings and until is None and _happens(draw, 35 + 40 * done // total):
        _plan_review(draw, student, title, at + timedelta(days=sittings[-1], hours=chance.uniform(0.2, 40)))


def _plan_review(draw: Draw, student: Student, title: str, at: datetime) -> None:
    if at >= draw.now:
        return
    chance, course, unused = draw.chance, draw.courses[title], draw.unused[title]
    stars = max(1, min(5, round(chance.gauss(course.quality, 0.65))))
    comment = chance.choice(draw.words.remarks[stars]) if _happens(draw, 65) else None
    if unused and _happens(draw, 45):
        review = unused.pop(chance.randrange(len(unused)))
        stars, comment = review.stars, review.text
    reply = chance.choice(draw.words.replies) if comment and _happens(draw, REPLY) else None
    draw.add(at, Rates(student, title, stars, comment, reply))


def _happens(draw: Draw, percent: int) -> bool:
    return draw.chance.random() * 100 < percent
