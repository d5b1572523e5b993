"""Adds the figures of courses, instructors or the platform over a range of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.analytics.models import ScopeActivity, Summary
from coursify.modules.analytics.periods import MonthsAndDays
from coursify.modules.analytics.queries import totals


async def summarize_scopes(db: Connection, scope_ids: Sequence[UUID], *, days: MonthsAndDays) -> dict[UUID, Summary]:
    """One summary for each id, of zeros where nothing happened. Two statements."""
    activities = await totals.sum_activity(db, scope_ids, **asdict(days))
    amounts = await totals.sum_revenue(db, scope_ids, **asdict(days))
    found = {activity.scope_id: activity for activity in activities}
    return {
        scope_id: Summary(
            found.get(scope_id, ScopeActivity(scope_id)),
            [revenue for revenue in amounts if revenue.scope_id == scope_id],
        )
        for scope_id in scope_ids
    }
