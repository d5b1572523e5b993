"""Courses on sale as sitemaps and feeds list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

# A sitemap may have 50,000 addresses.
COURSES_PER_SITEMAP: Final = 10_000
COURSES_IN_FEED: Final = 50


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
