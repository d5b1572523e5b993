"""Many students buy at once while events are duplicated, late and reordered, and while processes are killed.

`make test` runs a short round, `make prove` the long one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import pytest
from tests.support import campaign
from tests.support.classroom import Classroom
from tests.support.mailbox import Mailbox
from tests.support.stripe_standin import StripeStandin
from tests.support.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
IS_LONG = bool(os.environ.get("COURSIFY_PROVE"))
SIZE = 200 if IS_LONG else 8
# The short round stops killing early: a purchase that dies with its process waits until the lease of its key ends.
KILLS, PAUSE = (None, (1.0, 3.0)) if IS_LONG else (2, (0.1, 0.8))


@pytest.fixture
async def course_id(classroom: Classroom) -> str:
    course = await classroom.published(await classroom.person("instructor"), price=4900)
    return str(course["id"])


async def test_each_student_is_enrolled_once_while_events_are_duplicated_reordered_and_late(
    classroom: Classroom, system: System, calling_stripe: tuple[StripeStandin, int], course_id: str, mailbox: Mailbox
) -> None:
    standin, _ = calling_stripe
    standin.set_faults(duplicate=2, duplicate_events=0.5, shuffle=True, delay=2)
    students = await campaign.buy_all(system, standin, course_id, students=SIZE, at_once=SIZE)
    await campaign.settle(classroom.db, mailbox, students)
    standin.flush()
    await asyncio.sleep(1)
    await campaign.check(classroom.db, standin, mailbox, students)


async def test_purchases_survive_kills_of_api_and_worker_at_random_moments(
    classroom: Classroom, system: System, calling_stripe: tuple[StripeStandin, int], course_id: str, mailbox: Mailbox
) -> None:
    standin, _ = calling_stripe
    killing = asyncio.create_task(campaign.kill_at_random(system, seed=20261122, pause=PAUSE, most=KILLS))
    try:
        students = await campaign.buy_all(system, standin, course_id, students=SIZE, at_once=10)
    finally:
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
    await campaign.settle(classroom.db, mailbox, students)
    # A worker that is killed after the provider accepted an email and before this is recorded may send it twice.
    await campaign.check(classroom.db, standin, mailbox, students, resent=SIZE)
