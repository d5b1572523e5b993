"""Plans how often each course was viewed on each day, with the fixed random seed of the history."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from coursify_sandbox.seed.plan_history import DAYS, SEED, Bought, DatedEvent, Enrolled
from coursify_sandbox.seed.sample_content import SampleCourse

SATURDAY = 5
WEEKEND_FACTOR = 0.7


@dataclass(frozen=True, slots=True)
class ViewedDay:
    """`viewers` people asked for a course on a UTC day, `views` times in all."""

    course: str
    day: date
    viewers: int
    views: int


def plan_views(
    courses: dict[str, SampleCourse],
    published_at: dict[str, datetime],
    events: list[DatedEvent],
    *,
    now: datetime,
) -> list[ViewedDay]:
    """Every day of every course since it is on sale; those who got a course viewed it first."""
    generator = random.Random(SEED)
    learners = _count_learners(events)
    first = (now - timedelta(days=DAYS)).astimezone(UTC).date()
    viewed = []
    for title in sorted(courses):
        began = max(first, published_at[title].astimezone(UTC).date())
        for number in range((now.astimezone(UTC).date() - began).days + 1):
            day = began + timedelta(days=number)
            visitors = _choose_visitors(generator, courses[title], day, (day - first).days / DAYS)
            viewers = visitors + learners[title, day]
            if viewers:
                viewed.append(ViewedDay(title, day, viewers, viewers + generator.randint(0, viewers // 2)))
    return viewed


def _count_learners(events: list[DatedEvent]) -> Counter[tuple[str, date]]:
    learners: Counter[tuple[str, date]] = Counter()
    for at, event in events:
        if isinstance(event, Bought):
            learners.update((title, at.astimezone(UTC).date()) for title in event.courses)
        elif isinstance(event, Enrolled):
            learners[event.course, at.astimezone(UTC).date()] += 1
    return learners


def _choose_visitors(generator: random.Random, course: SampleCourse, day: date, grown: float) -> int:
    """People who only look; the school grows from the first day (0) to the last (1), and weekends are quiet."""
    usual = course.popularity * (0.4 + 0.8 * grown)
    if day.weekday() >= SATURDAY:
        usual *= WEEKEND_FACTOR
    return max(0, round(generator.gauss(usual, usual**0.5)))
