"""Runs what keeps the statistics, and reads the stored figures."""

from __future__ import annotations

from typing import Any

from tests.support.classroom import Classroom

from coursify.core.deadline import NEVER
from coursify.modules.analytics.services.rebuild_rollups import rebuild_rollups
from coursify.modules.analytics.services.refresh_cohorts import refresh_cohorts
from coursify.modules.analytics.services.refresh_rollups import refresh_rollups
from coursify.resources import Resources

TABLES = ("activity_rollups", "revenue_rollups", "cohort_rollups", "current_totals")
# A row of zeros says as much as no row.
_ACTIVITY = "sign_ups + checkouts + payments + enrollments + completions + ratings + views + viewers + learners > 0"
_MEANING = {
    "activity_rollups": f"WHERE {_ACTIVITY}",
    "revenue_rollups": "WHERE (gross_minor, discount_minor, refunded_minor, fees_minor) <> (0, 0, 0, 0)",
}


async def refresh(resources: Resources) -> None:
    """What the worker does every minute and every quarter of an hour."""
    await refresh_rollups(resources.database, deadline=NEVER)
    await refresh_cohorts(resources.database)


async def stored_figures(classroom: Classroom) -> dict[str, list[tuple[Any, ...]]]:
    """Every rollup, in a fixed order."""
    return {
        table: sorted(await classroom.rows(f"SELECT * FROM {table} {_MEANING.get(table, '')}"), key=repr)
        for table in TABLES
    }


async def assert_equal_when_rebuilt(classroom: Classroom, resources: Resources) -> None:
    kept = await stored_figures(classroom)
    await rebuild_rollups(resources.database)
    rebuilt = await stored_figures(classroom)
    for table in TABLES:
        assert set(kept[table]) - set(rebuilt[table]) == set(), f"{table}: kept and not rebuilt"
        assert set(rebuilt[table]) - set(kept[table]) == set(), f"{table}: rebuilt and not kept"
