"""Under overload requests wait in line for a short time, each kind in its own; beyond it they are refused at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from coursify.core.errors import Unavailable
from coursify.core.http.admission import LATE_SECONDS, REFUSALS, Admission, Kind, Place

pytestmark = pytest.mark.anyio

BROWSE, LEARN, BUY = (
    {"method": "GET", "path": "/api/v1/courses", "headers": []},
    {"method": "GET", "path": "/api/v1/users/me", "headers": [(b"authorization", b"Bearer x")]},
    {"method": "POST", "path": "/api/v1/payments", "headers": [(b"authorization", b"Bearer x")]},
)


class _Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class _Server:
    """Admits browsing, and ends one request after another."""

    def __init__(self) -> None:
        self.clock = _Clock()
        self.admission = Admission(self.clock)
        self.at_work: deque[Place] = deque()
        self.refused = 0
        self.let_in = 0
        self.asked: list[asyncio.Task[None]] = []

    async def ask(self, count: int, scope: dict[str, object] = BROWSE) -> None:
        self.asked += [asyncio.create_task(self._ask(scope)) for _ in range(count)]
        await _turns()

    async def _ask(self, scope: dict[str, object]) -> None:
        place = self.admission.place_for(scope)
        assert place
        try:
            self.admission.check(scope)
            self.let_in += 1
            await place.take()
            self.let_in -= 1
            self.at_work.append(place)
        except Unavailable:
            self.refused += 1

    async def work(self, count: int, seconds: float) -> None:
        """Ends as many, one after so many seconds."""
        for _ in range(count):
            self.clock.now += seconds
            self.at_work.popleft().leave()
            await _turns()


async def _keep_pace(server: _Server, seconds: float) -> None:
    """One after another for a while, until that is what the line expects."""
    await server.ask(Kind.BROWSING.at_once + 200)
    await server.work(200, seconds)
    assert (server.refused, server.let_in) == (0, 0)


async def _turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@contextmanager
def _serving() -> Iterator[_Server]:
    server = _Server()
    yield server
    for task in server.asked:
        task.cancel()


async def test_as_many_as_there_are_places_work_and_the_others_wait() -> None:
    with _serving() as server:
        await server.ask(Kind.BROWSING.at_once + 5)
        assert (len(server.at_work), server.refused) == (Kind.BROWSING.at_once, 0)
        await server.work(3, 0.001)
        assert (len(server.at_work), server.refused) == (Kind.BROWSING.at_once, 0)
        await server.work(Kind.BROWSING.at_once + 2, 0.001)
        assert (len(server.at_work), server.refused) == (0, 0)


async def test_who_would_wait_too_long_is_refused_at_once() -> None:
    with _serving() as server:
        # A hundred in a second: as many may wait.
        await _keep_pace(server, 0.01)
        for _ in range(150):
            await server.ask(1)
        assert 90 < server.let_in < 110
        assert server.refused == 150 - server.let_in
        await server.work(server.let_in, 0.01)
        assert server.let_in == 0


async def test_clients_that_ask_again_at_once_wait_in_line_instead_of_being_refused_for_ever() -> None:
    with _serving() as server:
        await _keep_pace(server, 0.01)
        await server.ask(100)
        # All in one turn of the loop.
        await server.ask(50)
        assert REFUSALS <= server.refused < 2 * REFUSALS
        await server.ask(150)
        # The longer the line, the more are refused.
        before = server.refused
        await server.ask(50)
        assert 2 * REFUSALS < server.refused - before < 4 * REFUSALS


async def test_a_line_does_not_hold_up_other_kinds() -> None:
    with _serving() as server:
        await server.ask(Kind.BROWSING.at_once + 100)
        await server.ask(1, LEARN)
        await server.ask(1, BUY)
        assert len(server.at_work) == Kind.BROWSING.at_once + 2


async def test_what_waited_far_too_long_is_refused_when_its_turn_comes() -> None:
    with _serving() as server:
        await server.ask(Kind.BROWSING.at_once + 10)
        await server.work(1, LATE_SECONDS + 0.1)
        assert (len(server.at_work), server.refused) == (Kind.BROWSING.at_once - 1, 10)
        await server.ask(1)
        assert len(server.at_work) == Kind.BROWSING.at_once


async def test_after_a_stall_requests_are_let_in_as_before() -> None:
    with _serving() as server:
        await server.ask(Kind.BROWSING.at_once + 10)
        await server.work(10, 0.9 * Kind.BROWSING.seconds / 10)
        await server.work(Kind.BROWSING.at_once, 0.001)
        await server.ask(Kind.BROWSING.at_once + 10)
        await server.work(Kind.BROWSING.at_once + 10, 0.001)
        assert server.refused == 0


async def test_one_slow_turn_of_the_loop_does_not_make_the_line_look_too_long() -> None:
    with _serving() as server:
        await _keep_pace(server, 0.01)
        await server.ask(60)
        await server.work(1, 0.5)
        await server.ask(20)
        assert server.refused == 0


async def test_a_pace_that_stays_slower_is_learned_within_some_requests() -> None:
    with _serving() as server:
        await _keep_pace(server, 0.01)
        await server.ask(60)
        await server.work(40, 0.05)
        # Twenty wait, for a second together: few more may.
        for _ in range(20):
            await server.ask(1)
        assert server.refused >= 10


async def test_a_client_that_gives_up_leaves_the_line_and_loses_no_place() -> None:
    with _serving() as server:
        await server.ask(Kind.BROWSING.at_once + 1)
        server.asked[-1].cancel()
        await server.work(Kind.BROWSING.at_once, 0.001)
        await server.ask(Kind.BROWSING.at_once + 1)
        # Its turn comes in the moment in which it is canceled.
        server.at_work.popleft().leave()
        server.asked[-1].cancel()
        await server.work(Kind.BROWSING.at_once - 1, 0.001)
        await server.ask(Kind.BROWSING.at_once)
        assert (len(server.at_work), server.refused) == (Kind.BROWSING.at_once, 0)


async def test_while_its_body_comes_a_request_takes_no_place_and_then_goes_first() -> None:
    with _serving() as server:
        await server.ask(Kind.CHANGING.at_once + 1, BUY)
        slow, sent = server.at_work.popleft(), asyncio.Event()

        async def receive() -> dict[str, str]:
            await sent.wait()
            return {"type": "http.request"}

        again = asyncio.create_task(slow.around(receive)())
        await _turns()
        assert len(server.at_work) == Kind.CHANGING.at_once
        await server.ask(1, BUY)
        sent.set()
        await _turns()
        assert not again.done()
        await server.work(1, 0.001)
        assert again.done()
        assert len(server.at_work) == Kind.CHANGING.at_once - 1


@pytest.mark.parametrize("path", ["/health/ready", "/metrics", "/media/pictures/x"])
async def test_health_checks_and_streams_never_wait(path: str) -> None:
    assert Admission().place_for(BROWSE | {"path": path}) is None
