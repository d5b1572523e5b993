"""The policies, tried: every operation, by every caller, on every kind of object, against a reviewed table.

A cell is `in` (the credential, the role and the object's rule let the caller through, whatever the state says then)
or the refusal. An allowed call is rolled back, so that every cell meets the same world; a refused one is not, and
leaves every row as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.house.checked_in import assert_checked_in
from tests.integration.policy.bodies import body_of, query_of
from tests.integration.policy.world import CALLERS, World, make_world
from tests.support.classroom import Classroom
from tests.support.shop import Shop, new_key

from coursify.core import idempotency
from coursify.core.database import LazyTransaction
from coursify.core.http import Route
from coursify.core.policy import Who
from coursify.routes import ROUTES

pytestmark = pytest.mark.anyio

EXPECTED = "tests/integration/policy/expected.txt"
REFUSALS = {401, 403, 404}
# What the first transaction stored is rolled back before the second looks for it.
SEVERAL_TRANSACTIONS = {"start_payment", "refund_payment"}
# Its credential is the signature of a body that the matrix does not have.
WITHOUT_OUR_CREDENTIAL = {"receive_stripe_event", "receive_sendgrid_events", "receive_cloudinary_notification"}


@pytest.fixture
async def world(classroom: Classroom, shop: Shop) -> World:
    return await make_world(classroom, shop)


@pytest.mark.slow
async def test_every_operation_lets_in_whom_the_reviewed_table_says(world: World, classroom: Classroom) -> None:
    lines = []
    for route in sorted(ROUTES, key=lambda route: route.id):
        if route.id in WITHOUT_OUR_CREDENTIAL:
            continue
        cells, refused = await _try_rolled_back(world, classroom, route)
        lines += [f"{route.id:24} {kind:8} " + " ".join(cells[kind]) for kind in cells]
        before = await _contents(classroom)
        for caller, place in refused:
            await _call(world, classroom, route, caller, place)
        assert await _contents(classroom) == before, f"{route.id}: a refusal changed something"
    header = f"# operation, object, then {', '.join(CALLERS)}; `.`: that caller has no such object\n"
    assert_checked_in(EXPECTED, header + "\n".join(lines) + "\n")


async def test_who_asks_is_looked_at_before_what_is_asked_for(world: World, classroom: Classroom) -> None:
    """An id that is none is not there only for those who may ask: 401, then 403, then 404."""
    asked = 0
    for route in ROUTES:
        names = set(_parameters(route))
        # A path that takes ids alone has fixed ones beside it, which know other methods.
        if not names or route.policy.who is Who.ANYONE or ":" in route.path or "{token}" in route.path:
            continue
        asked += 1
        place = dict.fromkeys(names, "x")
        assert (await _call(world, classroom, route, "anonymous", place)).status_code == 401, route.id
        if route.policy.who is Who.ADMIN:
            assert (await _call(world, classroom, route, "student", place)).status_code == 403, route.id
    assert asked > 50


async def _try_rolled_back(
    world: World, classroom: Classroom, route: Route
) -> tuple[dict[str, list[str]], list[tuple[str, dict[str, str]]]]:
    """What each caller meets on each kind of object, and the calls that were refused."""
    names = [name.partition(":")[0] for name in _parameters(route)]
    kinds = {kind for caller in CALLERS for kind in world.places(caller, names)}
    cells: dict[str, list[str]] = {kind: [] for kind in ("-", "own", "foreign", "hidden", "missing") if kind in kinds}
    refused = []
    async with _rolled_back():
        for caller in CALLERS:
            places = world.places(caller, names)
            for kind, found in cells.items():
                if kind not in places:
                    found.append(".")
                    continue
                answer = await _call(world, classroom, route, caller, places[kind])
                assert answer.status_code < 500 or route.id in SEVERAL_TRANSACTIONS, (route.id, caller, kind)
                found.append(str(answer.status_code) if answer.status_code in REFUSALS else "in")
                if answer.status_code in REFUSALS:
                    refused.append((caller, places[kind]))
    return cells, refused


def _parameters(route: Route) -> list[str]:
    return [part.split("}")[0] for part in route.path.split("{")[1:]]


@asynccontextmanager
async def _rolled_back() -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LazyTransaction, "commit", LazyTransaction.rollback)
        patch.setattr(idempotency, "store_response", _keep_nothing)
        yield


async def _keep_nothing(*_arguments: Any, **_named: Any) -> None:
    """The key's row was rolled back: there is nothing to store the answer in."""


async def _call(world: World, classroom: Classroom, route: Route, caller: str, place: dict[str, str]) -> httpx.Response:
    path = route.path
    for name, value in place.items():
        path = path.replace(f"{{{name}:uuid}}", value).replace(f"{{{name}}}", value)
    headers = {"Idempotency-Key": new_key()}
    if caller in world.people:
        headers["Authorization"] = f"Bearer {world.people[caller].token}"
    body = body_of(route.id, world, place)
    return await classroom.client.request(
        route.method,
        path,
        headers=headers,
        params=query_of(route.id, world),
        **({} if body is None else {"json": body}),
    )


async def _contents(classroom: Classroom) -> dict[str, list[Any]]:
    """Every row of every table but those of logs, limits, running answers and views, which are stored later."""
    tables = await classroom.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename NOT LIKE 'procrastinate%%' "
        "AND tablename NOT IN ('audit_log', 'idempotency_keys', 'course_views')"
    )
    return {table: await classroom.rows(f"SELECT md5(t::text) FROM {table} AS t ORDER BY 1") for (table,) in tables}
