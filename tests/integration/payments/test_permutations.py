"""Twelve stories of a payment: whatever order their events come in, and however often, they end in one state.

An event only says that an object changed; the handler fetches the object. So two orders of events are one order when
they name the same objects one after the other: of those only one is tried.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from tests.support.books import balances_of, broken_invariants
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.integrations.stripe_facts import EVENT_TYPES
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.webhooks.services.handle_event import handle_event

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

INTERLEAVINGS = 3
# Of each story; `make prove` tries more of them.
MOST_ORDERS = 120 if os.environ.get("COURSIFY_PROVE") else 12
# What a story changes; the order that it begins with is there before.
TABLES = (
    "orders", "order_lines", "payments", "payment_status_history", "refunds", "refund_lines", "disputes",
    "ledger_transactions", "ledger_entries", "access_grants", "enrollments", "attention_items", "provider_events",
    "email_deliveries", "audit_log", "procrastinate_jobs", "procrastinate_events",
)  # fmt: skip


@dataclass
class Stage:
    """Where a story is played: one checkout of two courses, of two instructors."""

    shop: Shop
    classroom: Classroom
    courses: list[Json]
    buyer: Person
    checkout: Json
    objects: dict[str, str] = field(default_factory=dict)

    @property
    def intent(self) -> str:
        return str(self.checkout["payment"]["transactionId"])

    @property
    def payment_id(self) -> str:
        return str(self.checkout["payment"]["id"])


Step = Callable[[Stage], Awaitable[None]]


async def pay(stage: Stage) -> None:
    assert (await stage.shop.confirm(stage.checkout)).status_code == 200


async def decline(stage: Stage) -> None:
    assert (await stage.shop.confirm(stage.checkout, "pm_card_visa_chargeDeclined")).status_code == 402


async def cancel(stage: Stage) -> None:
    await stage.shop.resources.payments.cancel_intent(stage.intent)


async def close(stage: Stage) -> None:
    """Our order ends while its intent can still be paid."""
    async with stage.shop.resources.database.transaction() as (db, now):
        await close_order(db, order_id=UUID(stage.checkout["payment"]["orderId"]), now=now)


def refund(amount: int | None = None) -> Step:
    async def step(stage: Stage) -> None:
        more = {"amount": amount} if amount else {}
        stage.objects["refund"] = stage.shop.standin.open_refund(stage.intent, **more)["id"]

    return step


async def fail_refund(stage: Stage) -> None:
    stage.shop.standin.settle_refund(stage.objects["refund"], "failed")


async def dispute(stage: Stage) -> None:
    stage.objects["dispute"] = stage.shop.standin.open_dispute(stage.intent)["id"]


def settle(status: str) -> Step:
    async def step(stage: Stage) -> None:
        stage.shop.standin.settle_dispute(stage.objects["dispute"], status)

    return step


@dataclass(frozen=True)
class Story:
    """Its steps at the provider, and how it ends: the status, whether the courses are open, what is left to do."""

    steps: tuple[Step, ...]
    status: str
    is_open: bool
    items: tuple[str, ...] = ()


STORIES: dict[str, Story] = {
    "paid": Story((pay,), "succeeded", is_open=True),
    "failed, then paid": Story((decline, pay), "succeeded", is_open=True),
    "partial refund": Story((pay, refund(2000)), "partially_refunded", is_open=True),
    "full refund": Story((pay, refund()), "refunded", is_open=False),
    "refund failed": Story((pay, refund(), fail_refund), "succeeded", is_open=True, items=("refund_failed",)),
    "dispute won": Story((pay, dispute, settle("won")), "succeeded", is_open=True),
    "dispute lost": Story((pay, dispute, settle("lost")), "disputed", is_open=False),
    "won, then lost": Story((pay, dispute, settle("won"), settle("lost")), "disputed", is_open=False),
    "lost, then won": Story((pay, dispute, settle("lost"), settle("won")), "succeeded", is_open=True),
    "refund and dispute": Story((pay, refund(2000), dispute, settle("lost")), "disputed", is_open=False),
    "canceled": Story((cancel,), "canceled", is_open=False),
    "late payment": Story((close, pay), "succeeded", is_open=True),
}


@pytest.fixture
async def courses(classroom: Classroom) -> list[Json]:
    return [await classroom.published(await classroom.person("instructor"), price=5000) for _ in range(2)]


async def begin(classroom: Classroom, shop: Shop, courses: list[Json]) -> Stage:
    buyer = await classroom.person("student")
    answer = await shop.start(buyer, *(course["id"] for course in courses))
    assert answer.status_code == 201, answer.text
    return Stage(shop, classroom, courses, buyer, answer.json()["data"])


async def news(stage: Stage, seen: set[str]) -> list[Json]:
    """What the provider has told about this checkout's money since it was last asked, oldest first."""
    found = [
        event
        for event in await stage.shop.events()
        if event["type"] in EVENT_TYPES and event["id"] not in seen and stage.intent in str(event["data"]["object"])
    ]
    seen |= {event["id"] for event in found}
    return found


async def hear(stage: Stage, event: Json) -> None:
    """The event comes through the door and is handled at once."""
    assert (await stage.shop.deliver(event)).status_code == 200
    ((key,),) = await stage.classroom.rows("SELECT id FROM provider_events WHERE event_id = %s", event["id"])
    await handle_event(stage.shop.resources.database, stage.shop.resources.payments, event_key=key)


def twin(event: Json) -> Json:
    """The same fact under another event id, so that it is handled again."""
    return event | {"id": f"{event['id']}_twin"}


async def state_of(stage: Stage) -> Json:
    """Everything that must not depend on the order of the events."""
    page = (await stage.buyer.get(f"/payments/{stage.payment_id}")).json()["data"]
    access = []
    for course in stage.courses:
        why = (await stage.buyer.get(f"/access/explain?courseId={course['id']}")).json()["data"]
        access.append((why["mayLearn"], why["because"], len(why["grants"])))
    items = await stage.classroom.rows(
        "SELECT kind, object_type FROM attention_items WHERE resolved_at IS NULL ORDER BY 1, 2"
    )
    return {
        "status": page["status"],
        "refunds": sorted((one["amount"], one["status"], str(one["failureReason"])) for one in page["refunds"]),
        "lines": {item["courseId"]: item["refundedAmount"] for item in page["items"]},
        "refundable": page["refundable"]["amount"],
        "next": page["nextAction"],
        "access": access,
        "balances": await balances_of(stage.classroom, stage.payment_id),
        "items": items,
        "receipts": await stage.classroom.rows(
            "SELECT count(*) FROM email_deliveries WHERE message_key = %s",
            f"receipt:{stage.checkout['payment']['orderId']}",
        ),
    }


def check(story: Story, state: Json) -> None:
    assert state["status"] == story.status
    assert [may_learn for may_learn, _, _ in state["access"]] == [story.is_open] * 2
    assert tuple(kind for kind, _ in state["items"]) == story.items
    assert state["receipts"] == [(0 if story.status == "canceled" else 1,)]


class Snapshot:
    """The tables that a story changes, to be put back."""

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom

    async def take(self) -> None:
        for table in TABLES:
            await self.classroom.db.execute(f"CREATE TEMP TABLE before_{table} AS TABLE {table}")

    async def put_back(self) -> None:
        await self.classroom.db.execute("SET session_replication_role = replica")
        for table in TABLES:
            await self.classroom.db.execute(f"DELETE FROM {table}")
            await self.classroom.db.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM before_{table}")
        await self.classroom.db.execute("RESET session_replication_role")


def orders_of(events: list[Json], chance: random.Random) -> Iterator[list[Json]]:
    """Each order of the objects that changed, with one of them told once more; the events themselves vary."""
    told: dict[str, list[Json]] = {}
    for event in events:
        told.setdefault(_object_of(event), []).append(event)
    chosen = sorted({order for again in told for order in permutations((*told, again))})
    if len(chosen) > MOST_ORDERS:
        chosen = chance.sample(chosen, MOST_ORDERS)
    for order in chosen:
        left = {name: chance.sample(found, len(found)) for name, found in told.items()}
        heard: list[Json] = []
        for name in order:
            event = left[name].pop() if left[name] else chance.choice(told[name])
            heard.append(event if event not in heard else twin(event))
        yield heard


def _object_of(event: Json) -> str:
    """The object that the handler fetches: a charge's intent, otherwise the object itself."""
    changed = event["data"]["object"]
    return str(changed["payment_intent"] if changed["object"] == "charge" else changed["id"])


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
async def test_every_order_of_a_storys_events_ends_in_one_state(
    classroom: Classroom, shop: Shop, courses: list[Json], name: str
) -> None:
    story, chance = STORIES[name], random.Random(name)
    stage = await begin(classroom, shop, courses)
    steps = list(story.steps)
    if steps[0] is close:
        await steps.pop(0)(stage)
    snapshot = Snapshot(classroom)
    await snapshot.take()
    for step in steps:
        await step(stage)
    first: Json = {}
    for order in orders_of(await news(stage, set()), chance):
        await snapshot.put_back()
        for event in order:
            await hear(stage, event)
        state = await state_of(stage)
        first = first or state
        assert state == first, [event["type"] for event in order]
    check(story, first)
    await shop.settle()
    assert await state_of(stage) == first
    broken = await broken_invariants(shop, classroom)
    assert broken == {}


@pytest.mark.parametrize("name", STORIES)
async def test_events_that_are_heard_while_the_story_goes_on_end_in_one_state(
    classroom: Classroom, shop: Shop, courses: list[Json], name: str
) -> None:
    """Some events are handled between the steps, others late, one of them twice."""
    story, chance = STORIES[name], random.Random(f"between {name}")
    first: Json = {}
    for _ in range(INTERLEAVINGS):
        stage = await begin(classroom, shop, courses)
        seen: set[str] = set()
        waiting: list[Json] = []
        heard: list[str] = []
        for step in story.steps:
            await step(stage)
            waiting += await news(stage, seen)
            chance.shuffle(waiting)
            for _event in range(chance.randint(0, len(waiting))):
                heard.append(waiting[-1]["type"])
                await hear(stage, waiting.pop())
        waiting += [twin(chance.choice(await news(stage, set())))]
        chance.shuffle(waiting)
        for event in waiting:
            heard.append(event["type"])
            await hear(stage, event)
        state = await state_of(stage)
        first = first or state
        assert state == first, heard
        await classroom.db.execute("DELETE FROM attention_items")
    check(story, first)
    await shop.run_jobs()
    broken = await broken_invariants(shop, classroom)
    assert broken == {}
