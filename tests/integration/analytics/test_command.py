"""`coursify stats rebuild`: all statistics again, from nothing but the facts."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest
from tests.integration.analytics.test_rollups import busy_school
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh, stored_figures

pytestmark = pytest.mark.anyio


async def test_a_rebuild_gives_the_figures_that_were_kept(
    classroom: Classroom, shop: Shop, teacher: Person, environment: dict[str, str]
) -> None:
    await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    kept = await stored_figures(classroom)
    await classroom.db.execute("DELETE FROM revenue_rollups; UPDATE activity_rollups SET enrollments = enrollments + 1")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "coursify",
        "stats",
        "rebuild",
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, "All statistics are computed again." in printed.decode()) == (0, True)
    assert await stored_figures(classroom) == kept
