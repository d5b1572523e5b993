"""Adds the figures of courses, instructors or the platform over a range of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.analytics.models import ScopeActivity, Summary
from coursify.modules.analytics.periods import MonthsAndDays
from coursify.modules.analytics.queries import totals


async def summarize_scopes(db: Connection, scope_ids: Sequence[UUID], *, days: MonthsAndDays) -> dict[UUID, Summary]:
    """One summary for each id, of zeros where nothing happened. Two statements."""
    activities = await totals.sum_activity(db, scope_ids, **asdict(days))
    amounts = await totals.sum_revenue(db, scope_ids, **asdict(days))
    counted = {activity.scope_id: activity for activity in activities}
    booked = {scope_id: list(revenue) for scope_id, revenue in groupby(amounts, key=attrgetter("scope_id"))}
    return {
        scope_id: Summary(counted.get(scope_id, ScopeActivity(scope_id)), booked.get(scope_id, []))
        for scope_id in scope_ids
    }
