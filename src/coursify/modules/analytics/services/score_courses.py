"""Gives courses the scores by which `sort=trending` sorts the catalogue."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.modules.analytics.periods import DAY
from coursify.modules.analytics.queries import rankings
from coursify.modules.courses.services.set_trending_scores import set_trending_scores

DAYS = 30
HALF_LIFE_DAYS = 7
# An enrollment counts as much as so many viewers.
ENROLLMENT_WEIGHT = 20
BATCH = 200


async def score_courses(database: Database, *, deadline: Deadline) -> None:
    """Store the scores that changed, a batch in each transaction; what is left is found the next time."""
    now = await database.now()
    async with database.read() as db:
        scores = await rankings.list_changed_scores(
            db, since=now - DAYS * DAY, now=now, enrollment_weight=ENROLLMENT_WEIGHT, half_life_days=HALF_LIFE_DAYS
        )
    for start in range(0, len(scores), BATCH):
        if deadline.has_passed:
            return
        async with database.transaction() as (db, _now):
            batch = {each.course_id: each.score for each in scores[start : start + BATCH]}
            await set_trending_scores(db, scores=batch)
