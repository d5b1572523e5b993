"""Plans the history of the school from its courses with a fixed random seed: the same history on every run."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from coursify_sandbox.seed.sample_content import SampleCourse, SampleReview, SampleTexts

SEED = 20_261
STUDENTS = 300
DAYS = 90
OPENED_DAYS_AGO = 150
REFUND_DAYS = 14
# Probabilities in percent.
SECOND_COURSE_PERCENT, REFUND_PERCENT, PARTIAL_REFUND_PERCENT, REPLY_PERCENT = 6, 4, 35, 25


@dataclass(frozen=True, slots=True)
class Student:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class SignedUp:
    student: Student


@dataclass(frozen=True, slots=True)
class Bought:
    """One order of courses in one currency; `number` identifies the purchase."""

    student: Student
    courses: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    student: Student
    course: str


@dataclass(frozen=True, slots=True)
class Studied:
    """The first `lessons` lessons are completed."""

    student: Student
    course: str
    lessons: int


@dataclass(frozen=True, slots=True)
class Rated:
    student: Student
    course: str
    stars: int
    comment: str | None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """The whole purchase, requested by its buyer, or `percent` of it, requested by an admin."""

    student: Student
    purchase: int
    percent: int
    reason: str


Event = SignedUp | Bought | Enrolled | Studied | Rated | Refunded
DatedEvent = tuple[datetime, Event]


@dataclass
class HistoryBuilder:
    """The state of the planning: the random generator, what it chooses from, and the events so far."""

    generator: random.Random
    courses: dict[str, SampleCourse]
    published_at: dict[str, datetime]
    texts: SampleTexts
    now: datetime
    events: list[DatedEvent]
    unused_reviews: dict[str, list[SampleReview]]
    purchases: int = 0

    def add(self, at: datetime, event: Event) -> bool:
        """Add an event unless it lies in the future; return whether it was added."""
        if at >= self.now:
            return False
        self.events.append((at, event))
        return True


def plan_history(
    courses: dict[str, SampleCourse],
    published_at: dict[str, datetime],
    texts: SampleTexts,
    *,
    demo_student: Student,
    students: int = STUDENTS,
    now: datetime,
) -> list[DatedEvent]:
    """Plan every event, oldest first; `demo_student` is the account that the sandbox prints.

    `courses` and `published_at` are the published courses by title.
    """
    generator = random.Random(SEED)
    unused_reviews = {title: list(course.reviews) for title, course in courses.items()}
    history = HistoryBuilder(generator, courses, published_at, texts, now, [], unused_reviews)
    _plan_demo_student(history, demo_student)
    for student in choose_students(generator, texts, students):
        _plan_student(history, student)
    # The sort is stable: one student's events keep their order.
    return sorted(history.events, key=lambda event: event[0])


def choose_students(generator: random.Random, texts: SampleTexts, count: int) -> list[Student]:
    """Choose students with different names."""
    pairs = [(first, last) for first in texts.first_names for last in texts.last_names]
    return [
        Student(f"{first} {last}", f"{first}.{last}@example.com".lower())
        for first, last in generator.sample(pairs, count)
    ]


def _plan_demo_student(history: HistoryBuilder, student: Student) -> None:
    """Two bought courses, one completed and reviewed, one started, and a free one."""
    paid = [title for title, course in history.courses.items() if not course.is_free and course.currency == "usd"]
    free = next(title for title, course in history.courses.items() if course.is_free)
    first, second = sorted(paid, key=lambda title: -history.courses[title].popularity)[:2]
    signed_up_at = history.now - timedelta(days=72, hours=3)
    history.add(signed_up_at, SignedUp(student))
    _buy_or_enroll(history, student, first, signed_up_at + timedelta(hours=1))
    history.add(signed_up_at + timedelta(days=6), Studied(student, first, len(history.courses[first].lessons)))
    history.add(signed_up_at + timedelta(days=7), Rated(student, first, 5, history.unused_reviews[first].pop(0).text))
    _buy_or_enroll(history, student, free, signed_up_at + timedelta(days=20))
    _buy_or_enroll(history, student, second, history.now - timedelta(days=9))
    history.add(history.now - timedelta(days=2), Studied(student, second, 2))


def _plan_student(history: HistoryBuilder, student: Student) -> None:
    """A student signs up, more likely late than early, and gets a few courses, mostly of one category."""
    generator = history.generator
    signed_up_at = history.now - timedelta(days=DAYS) * (1 - generator.random() ** 0.7) - timedelta(minutes=30)
    history.add(signed_up_at, SignedUp(student))
    favorite = generator.choice(sorted(history.courses.values(), key=lambda course: course.title)).category
    owned: set[str] = set()
    at = signed_up_at + timedelta(minutes=generator.randint(4, 90))
    for _ in range(generator.choices((1, 2, 3, 4, 5), weights=(40, 32, 17, 8, 3))[0]):
        title = _choose_course(history, favorite, owned, at)
        if title is None or at >= history.now:
            return
        owned |= _buy_or_enroll(history, student, title, at, owned)
        at += timedelta(days=generator.expovariate(1 / 14), minutes=generator.randint(5, 600))


def _choose_course(history: HistoryBuilder, favorite: str, owned: set[str], at: datetime) -> str | None:
    titles = [title for title, published in history.published_at.items() if published < at and title not in owned]
    weights = [
        history.courses[title].popularity * (4 if history.courses[title].category == favorite else 1)
        for title in titles
    ]
    return history.generator.choices(titles, weights=weights)[0] if titles else None


def _buy_or_enroll(
    history: HistoryBuilder, student: Student, title: str, at: datetime, owned: set[str] | None = None
) -> set[str]:
    """Buy a course, sometimes with a second one, or enroll in a free one; return the titles."""
    course = history.courses[title]
    if course.is_free:
        history.add(at, Enrolled(student, title))
        _plan_learning(history, student, title, at, None)
        return {title}
    titles = [title]
    if owned is not None and _occurs(history, SECOND_COURSE_PERCENT):
        titles += _choose_second_course(history, title, owned, at)
    history.purchases += 1
    history.add(at, Bought(student, tuple(titles), history.purchases))
    refunded_at = _plan_refund(history, student, at) if owned is not None and len(titles) == 1 else None
    for bought in titles:
        if owned is not None:
            _plan_learning(history, student, bought, at, refunded_at)
    return set(titles)


def _choose_second_course(history: HistoryBuilder, title: str, owned: set[str], at: datetime) -> list[str]:
    """A list with another course of the same currency, or an empty list."""
    others = [
        other
        for other, course in history.courses.items()
        if course.currency == history.courses[title].currency
        and not course.is_free
        and other not in owned | {title}
        and history.published_at[other] < at
    ]
    return [history.generator.choice(others)] if others else []


def _plan_refund(history: HistoryBuilder, student: Student, at: datetime) -> datetime | None:
    """Plan a refund; return its time when the whole purchase was refunded, which closes the course."""
    if not _occurs(history, REFUND_PERCENT):
        return None
    refunded_at = at + timedelta(days=history.generator.uniform(0.5, REFUND_DAYS))
    percent = history.generator.choice((20, 25, 50)) if _occurs(history, PARTIAL_REFUND_PERCENT) else 100
    reason = history.generator.choice(history.texts.refund_reasons)
    is_added = history.add(refunded_at, Refunded(student, history.purchases, percent, reason))
    return refunded_at if is_added and percent == 100 else None


def _plan_learning(history: HistoryBuilder, student: Student, title: str, at: datetime, until: datetime | None) -> None:
    """Plan one or two study sessions and perhaps a review; nothing after a refund."""
    generator, total = history.generator, len(history.courses[title].lessons)
    completed = min(total, round(total * generator.betavariate(1.3, 0.9)))
    session_days = sorted(generator.uniform(0.1, 25) for _ in range(min(completed, generator.choice((1, 1, 1, 2)))))
    for number, days in enumerate(session_days, start=1):
        studied_at = at + timedelta(days=days)
        if until is None or studied_at < until:
            history.add(studied_at, Studied(student, title, -(-completed * number // len(session_days))))
    if session_days and until is None and _occurs(history, 35 + 40 * completed // total):
        _plan_review(history, student, title, at + timedelta(days=session_days[-1], hours=generator.uniform(0.2, 40)))


def _plan_review(history: HistoryBuilder, student: Student, title: str, at: datetime) -> None:
    if at >= history.now:
        return
    generator, course, unused_reviews = history.generator, history.courses[title], history.unused_reviews[title]
    stars = max(1, min(5, round(generator.gauss(course.quality, 0.65))))
    comment = generator.choice(history.texts.comments[stars]) if _occurs(history, 65) else None
    if unused_reviews and _occurs(history, 45):
        review = unused_reviews.pop(generator.randrange(len(unused_reviews)))
        stars, comment = review.stars, review.text
    reply = generator.choice(history.texts.replies) if comment and _occurs(history, REPLY_PERCENT) else None
    history.add(at, Rated(student, title, stars, comment, reply))


def _occurs(history: HistoryBuilder, percent: int) -> bool:
    return history.generator.random() * 100 < percent
