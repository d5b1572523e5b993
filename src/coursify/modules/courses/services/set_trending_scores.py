"""Stores the scores by which `sort=trending` sorts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.queries import counters


async def set_trending_scores(db: Connection, *, scores: Mapping[UUID, int]) -> int:
    """Returns the number of courses changed. A course that somebody has locked keeps its score: nobody waits."""
    return await counters.set_trending_scores(db, course_ids=list(scores), scores=list(scores.values()))
