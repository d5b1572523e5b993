"""With every webhook lost, asking the provider brings the same news through the same door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.core.deadline import NEVER, Deadline
from coursify.figures.queries import get_delays
from coursify.integrations.stripe_facts import EVENT_TYPES
from coursify.modules.webhooks import jobs
from coursify.modules.webhooks.services.fetch_missed_events import DEEP, fetch_missed_events

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
HOUR = 3_600


@dataclass(frozen=True)
class Looks(Deadline):
    """A deadline that has passed after being asked some times."""

    left: Iterator[bool] = field(default_factory=lambda: iter(()))

    @property
    def has_passed(self) -> bool:
        return next(self.left, True)


def after(looks: int) -> Looks:
    return Looks(left=iter([False] * looks))


@pytest.fixture
def provider_clock(shop: Shop) -> Iterator[Any]:
    """Sets the provider's own clock, seconds from ours."""

    def set_offset(seconds: float) -> None:
        shop.standin.control("POST", "clock", {"offset_seconds": seconds})

    yield set_offset
    set_offset(0)


async def cursor_of(classroom: Classroom, name: str = "stripe") -> datetime:
    rows = await classroom.rows("SELECT reconciled_until FROM provider_cursors WHERE provider = %s", name)
    found: datetime = rows[0][0]
    return found


async def set_cursor(classroom: Classroom, expression: str) -> None:
    await classroom.db.execute(
        f"""
        INSERT INTO provider_cursors (provider, reconciled_until) VALUES ('stripe', {expression})
        ON CONFLICT (provider) DO UPDATE SET reconciled_until = EXCLUDED.reconciled_until
        """
    )


async def statuses(classroom: Classroom) -> list[tuple[str, int]]:
    return [(status, count) for status, count in await classroom.rows("SELECT status, count(*) FROM orders GROUP BY 1")]


async def test_with_every_webhook_lost_all_payments_are_granted(classroom: Classroom, shop: Shop, course: Json) -> None:
    buyers = [await classroom.person("student") for _ in range(12)]
    for buyer in buyers:
        await shop.pay(buyer, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 12)]
    assert await classroom.rows("SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == [(12,)]
    await assert_sound(shop, classroom)


async def test_only_events_about_money_are_asked_for_page_by_page(shop: Shop, student: Person, course: Json) -> None:
    await shop.buy(student, course["id"])
    before = len(shop.standin.control("GET", "calls")["calls"])
    await shop.reconcile()
    asked = [
        call["params"]
        for call in shop.standin.control("GET", "calls")["calls"][before:]
        if call["path"] == "/v1/events"
    ]
    assert asked
    for params in asked:
        assert set(params["types"]) == EVENT_TYPES
        assert params["limit"] == 100
        assert {"gte", "lt"} <= params["created"].keys()


async def test_a_run_that_is_out_of_time_goes_on_where_it_ended(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    resources = shop.resources
    assert await fetch_missed_events(resources.database, resources.payments, deadline=after(10)) == 0
    first = await cursor_of(classroom)
    now = await resources.database.now()
    assert timedelta(hours=61) < now - first < timedelta(hours=63)
    assert await fetch_missed_events(resources.database, resources.payments, deadline=after(30)) == 0
    assert await cursor_of(classroom) > first + timedelta(hours=28)
    assert await fetch_missed_events(resources.database, resources.payments, deadline=NEVER) > 0
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["server_error", "timeout"])
async def test_a_provider_that_goes_down_halfway_loses_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json, fault: str
) -> None:
    await shop.pay(student, course["id"])
    resources = shop.resources
    await fetch_missed_events(resources.database, resources.payments, deadline=after(3))
    before = await cursor_of(classroom)
    shop.standin.set_faults(**{fault: 1.0}, only=["GET /v1/events"])
    with pytest.raises(Exception, match="does not answer"):
        await jobs.reconcile_recent(resources)
    assert await cursor_of(classroom) == before
    shop.standin.set_faults()
    await jobs.reconcile_recent(resources)
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]


async def test_a_cursor_that_ran_into_the_future_under_a_wrong_clock_hides_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await set_cursor(classroom, "now() + interval '3 days'")
    await shop.pay(student, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]
    assert await cursor_of(classroom) <= await shop.resources.database.now()


async def test_a_clock_that_jumped_forward_and_back_hides_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json, clock_file: Any
) -> None:
    for offset in (0, 2 * HOUR, 0):
        clock_file.write_text(str(offset))
        await shop.reconcile()
    await shop.pay(student, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]


async def test_events_of_a_provider_whose_clock_is_behind_ours_are_seen(
    classroom: Classroom, shop: Shop, student: Person, course: Json, provider_clock: Any
) -> None:
    """The cursor follows the provider's own time, not ours."""
    provider_clock(-40 * 60)
    await shop.buy(await classroom.person("student"), course["id"])
    await shop.reconcile()
    await shop.pay(student, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 2)]


async def test_events_from_a_clock_a_little_ahead_of_ours_are_seen_at_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json, provider_clock: Any
) -> None:
    provider_clock(120)
    await shop.pay(student, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]


async def test_what_the_recent_look_has_passed_the_deep_one_finds(
    classroom: Classroom, shop: Shop, student: Person, course: Json, provider_clock: Any
) -> None:
    provider_clock(-20 * HOUR)
    await shop.pay(student, course["id"])
    provider_clock(0)
    await set_cursor(classroom, "now()")
    await shop.reconcile()
    await shop.run_jobs()
    assert await statuses(classroom) == [("payable", 1)]
    await jobs.reconcile_deep(shop.resources)
    await shop.run_jobs()
    assert await statuses(classroom) == [("paid", 1)]


async def test_the_deep_look_begins_anew_each_night_and_goes_on_when_it_ran_out_of_time(
    classroom: Classroom, shop: Shop
) -> None:
    resources = shop.resources
    await fetch_missed_events(resources.database, resources.payments, deep=True, deadline=after(20))
    halfway = await cursor_of(classroom, "stripe:deep")
    await fetch_missed_events(resources.database, resources.payments, deep=True, deadline=after(1))
    assert await cursor_of(classroom, "stripe:deep") == halfway + timedelta(hours=1)
    await fetch_missed_events(resources.database, resources.payments, deep=True, deadline=NEVER)
    done = await cursor_of(classroom, "stripe:deep")
    await fetch_missed_events(resources.database, resources.payments, deep=True, deadline=after(1))
    assert done - await cursor_of(classroom, "stripe:deep") > timedelta(hours=70)


async def test_what_was_heard_already_is_not_handled_again(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await shop.buy(student, course["id"])
    handled = await classroom.rows("SELECT id, attempts FROM provider_events ORDER BY id")
    await shop.reconcile()
    await jobs.reconcile_deep(shop.resources)
    await shop.run_jobs()
    assert await classroom.rows("SELECT id, attempts FROM provider_events ORDER BY id") == handled


async def test_hours_without_a_sale_and_a_deep_look_of_last_night_are_no_delay(
    classroom: Classroom, shop: Shop, student: Person, course: Json, provider_clock: Any
) -> None:
    provider_clock(-5 * HOUR)
    await shop.pay(student, course["id"])
    provider_clock(0)
    await jobs.reconcile_deep(shop.resources)
    await classroom.db.execute("UPDATE provider_cursors SET reconciled_until = now() - interval '9 hours'")
    await shop.reconcile()
    async with shop.resources.database.transaction() as (db, now):
        delays = await get_delays(db, now=now)
    assert delays.reconciled_until is not None
    assert now - delays.reconciled_until < timedelta(minutes=1)
    assert now - await cursor_of(classroom) > timedelta(hours=4)
    assert now - await cursor_of(classroom, DEEP) > timedelta(hours=8)
