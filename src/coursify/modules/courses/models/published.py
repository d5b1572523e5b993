"""Courses on sale as sitemaps and feeds list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

# Then another one begins. Courses that are put on sale long after they were made come in between.
COURSES_PER_SITEMAP: Final = 10_000
# So many addresses may a sitemap have.
MOST_IN_SITEMAP: Final = 50_000
COURSES_IN_FEED: Final = 50


@dataclass(frozen=True, slots=True)
class IdRange:
    """From `first_id` to the last one before `before_id`; None: to the end."""

    first_id: UUID
    before_id: UUID | None


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A course's address, and when its row changed last."""

    slug: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FeedEntry:
    id: UUID
    slug: str
    title: str
    excerpt: str
    instructor_name: str | None
    published_at: datetime
    updated_at: datetime


def course_address(public_url: str, slug: str) -> str:
    return f"{public_url}/api/v1/courses/{slug}"
