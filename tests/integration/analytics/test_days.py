"""A day is cut where the reader's clock cuts it, and a fact that is committed late is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.integration.analytics.test_reading import stats
from tests.support.classroom import Classroom, Person
from tests.support.statistics import assert_equal_when_rebuilt, refresh

from coursify.core.deadline import NEVER, Deadline
from coursify.modules.analytics.jobs import tidy_rollups
from coursify.modules.analytics.services.rebuild_rollups import rebuild_rollups
from coursify.modules.analytics.services.refresh_rollups import refresh_rollups
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def enroll_at(classroom: Classroom, course: Json, *moments: datetime) -> None:
    for moment in moments:
        await classroom.db.execute(
            "INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%s, %s, %s)",
            [(await classroom.person("student")).id, course["id"], moment],
        )


async def by_day(person: Person, query: str) -> tuple[dict[str, int], bool]:
    """The enrollments of each day that has some, and whether the days are approximate."""
    series = (await stats(person, f"/instructors/me/stats?{query}"))["series"]
    return {row["start"]: row["enrollments"] for row in series["rows"] if row["enrollments"]}, series["approximate"]


async def test_a_day_is_cut_in_the_readers_zone(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The longest day of the year: its 25 hours begin at 22:00 and end at 23:00, UTC.
    first, last = datetime(2025, 10, 26, tzinfo=berlin), datetime(2025, 10, 26, 23, 59, 59, tzinfo=berlin)
    assert last.astimezone(UTC) - first.astimezone(UTC) > timedelta(hours=24)
    await enroll_at(classroom, course, first - timedelta(seconds=1), first, last, datetime(2025, 10, 27, tzinfo=berlin))
    await refresh(resources)
    days = "from=2025-10-20&to=2025-10-31"
    assert await by_day(teacher, f"{days}&timezone=Europe/Berlin") == (
        {"2025-10-25": 1, "2025-10-26": 2, "2025-10-27": 1},
        False,
    )
    assert await by_day(teacher, days) == ({"2025-10-25": 2, "2025-10-26": 2}, False)


async def test_zones_of_half_hours_are_exact_for_forty_days_and_approximate_before(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    today = datetime.now(kolkata).date()
    recent, old = today - timedelta(days=10), today - timedelta(days=90)
    for day in (recent, old):
        midnight = datetime(day.year, day.month, day.day, tzinfo=kolkata)
        await enroll_at(classroom, course, midnight - timedelta(minutes=1), midnight, midnight + timedelta(minutes=1))
    await refresh(resources)
    zone = "timezone=Asia/Kolkata"
    found, is_approximate = await by_day(teacher, f"{zone}&from={today - timedelta(days=30)}")
    assert (found, is_approximate) == ({str(recent - timedelta(days=1)): 1, str(recent): 2}, False)
    found, is_approximate = await by_day(teacher, f"{zone}&from={today - timedelta(days=100)}")
    assert is_approximate
    # The hour in which the day began counts for the day before it.
    assert found.pop(str(old - timedelta(days=1))) == 3
    assert found == {str(recent - timedelta(days=1)): 1, str(recent): 2}


async def test_a_fact_that_is_committed_late_is_counted(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    student = await classroom.person("student")
    await refresh(resources)
    async with resources.database.transaction() as (db, now):
        await db.execute(
            "INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%s, %s, %s)",
            [student.id, course["id"], now],
        )
        await refresh(resources)
        ((reached,),) = await classroom.rows("SELECT refreshed_until FROM rollup_progress")
        assert reached <= now
        assert await by_day(teacher, "") == ({}, False)
    await refresh(resources)
    assert sum((await by_day(teacher, ""))[0].values()) == 1


async def test_after_a_long_pause_every_week_is_computed_within_the_deadline_or_later(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    now = datetime.now(UTC)
    await enroll_at(classroom, course, *(now - timedelta(days=days) for days in (400, 200, 20, 0)))
    await refresh_rollups(resources.database, deadline=Deadline.within(0))
    assert (await stats(teacher, "/instructors/me/stats"))["totals"]["enrollments"] == 0
    await refresh_rollups(resources.database, deadline=NEVER)
    assert (await stats(teacher, "/instructors/me/stats"))["totals"]["enrollments"] == 4
    await refresh(resources)
    await assert_equal_when_rebuilt(classroom, resources)


async def test_a_clock_that_was_set_back_stops_no_statistics(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    await refresh(resources)
    await classroom.db.execute("UPDATE rollup_progress SET refreshed_until = refreshed_until + interval '3 days'")
    await enroll_at(classroom, course, datetime.now(UTC))
    await refresh(resources)
    assert sum((await by_day(teacher, ""))[0].values()) == 1


async def test_quarter_hours_end_after_forty_days_and_hours_stay(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    now = datetime.now(UTC)
    await enroll_at(classroom, course, now - timedelta(days=39), now - timedelta(days=41))
    await classroom.db.execute(
        """
        INSERT INTO activity_rollups (scope, scope_id, grain, started_at, enrollments)
        VALUES ('course', %s, 'quarter', date_bin('15 minutes', now() - interval '41 days', '2000-01-01Z'), 1)
        """,
        [course["id"]],
    )
    await refresh(resources)
    await tidy_rollups(resources)
    found = await classroom.rows(
        "SELECT grain, sum(enrollments)::int FROM activity_rollups WHERE scope = 'course' GROUP BY 1 ORDER BY 1"
    )
    assert dict(found) == {"quarter": 1, "hour": 2, "day": 2, "month": 2}


async def test_nobody_computes_while_another_one_does_and_nobody_waits(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    await enroll_at(classroom, course, datetime.now(UTC))
    async with resources.database.transaction() as (db, _now):
        await db.execute("SELECT pg_advisory_xact_lock(7311410)")
        await refresh(resources)
        await tidy_rollups(resources)
        assert await by_day(teacher, "") == ({}, False)
    await refresh(resources)
    assert sum((await by_day(teacher, ""))[0].values()) == 1


async def test_a_rebuild_removes_what_no_fact_says(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources
) -> None:
    await enroll_at(classroom, course, datetime.now(UTC))
    await refresh(resources)
    await classroom.db.execute(
        """
        INSERT INTO activity_rollups (scope, scope_id, grain, started_at, enrollments)
        SELECT scope, scope_id, grain, started_at - interval '31 days', 7 FROM activity_rollups
        WHERE scope = 'instructor'
        """
    )
    await rebuild_rollups(resources.database)
    assert (await stats(teacher, "/instructors/me/stats"))["totals"]["enrollments"] == 1
    assert await by_day(teacher, f"from={date.today() - timedelta(days=300)}") == (  # noqa: DTZ011  # near enough
        {datetime.now(UTC).date().isoformat(): 1},
        False,
    )
