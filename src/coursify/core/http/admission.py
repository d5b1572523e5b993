"""Under overload requests wait in line for a short time, and are refused at once when the line is too long.

Each kind of request has a line of its own and a number of places at work: more at once would only wait inside for
connections. So a purchase does not wait behind a thousand lists. A request that would wait longer than its kind may
is refused when it comes.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from enum import Enum
from typing import Any

from coursify.core.errors import Unavailable
from coursify.core.http.bodies import Message, Receive

Scope = MutableMapping[str, Any]

# Where a route finds the place of its request.
PLACE = "coursify.place"
# In one turn of the loop, of a line that has just become full. Clients that ask again at once would take all the time
# of those who are served; beyond these they wait in line as well, and the longer it becomes, the more are refused.
REFUSALS = 8
# Who has waited so long has most likely given up.
LATE_SECONDS = 10.0
# A wait is expected from about so many requests before it. A single one that took long says little about the next: it
# counts as at most so many usual ones. A thousand requests that come at once hold up one turn of the loop, not all.
_SMOOTHED_OVER = 32
_OUTLIER = 4
# For operators, and for the bytes of media, which are streams.
_NEVER_REFUSED = ("/health", "/metrics", "/media/")
WITHOUT_BODY = frozenset({"GET", "HEAD"})
_CREDENTIALS = frozenset({b"authorization", b"cookie"})


class Kind(Enum):
    """How many requests are worked on at once, and how many seconds others may wait for them."""

    BROWSING = (8, 1.0)
    READING = (32, 3.0)
    CHANGING = (128, 5.0)

    def __init__(self, at_once: int, seconds: float) -> None:
        self.at_once = at_once
        self.seconds = seconds


class Line:
    """The requests of one kind."""

    def __init__(self, kind: Kind, clock: Callable[[], float]) -> None:
        self._free = kind.at_once
        self._seconds = kind.seconds
        self._clock = clock
        self._waiting: deque[tuple[asyncio.Future[bool], float]] = deque()
        # Seconds between two requests that come to their turn, while there is a line.
        self.interval = 0.0
        self._last_turn = 0.0

    def fullness(self) -> float:
        """The expected wait of one more, as a part of what its kind may wait."""
        return len(self._waiting) * self.interval / self._seconds

    async def enter(self, *, is_first: bool = False) -> bool:
        """Whether its turn has come; it has not when it took far longer than expected."""
        if self._free:
            self._free -= 1
            return True
        now = self._clock()
        if not self._waiting:
            self._last_turn = now
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if is_first else self._waiting.append)((turn, now))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.leave()
            raise

    def leave(self) -> None:
        """The place goes to the one that has waited longest."""
        now = self._clock()
        while self._waiting:
            turn, since = self._waiting.popleft()
            if turn.done():
                continue
            is_late = now - since > LATE_SECONDS
            turn.set_result(not is_late)
            if not is_late:
                took = now - self._last_turn
                self.interval += (min(took, _OUTLIER * (self.interval or took)) - self.interval) / _SMOOTHED_OVER
                self._last_turn = now
                return
        self._free += 1


class Admission:
    """The lines of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = {kind: Line(kind, clock) for kind in Kind}
        # In this turn of the loop.
        self._refused = 0

    def line_of(self, kind: Kind) -> Line:
        return self._lines[kind]

    def place_for(self, scope: Scope) -> Place | None:
        """None for what never waits."""
        if scope["path"].startswith(_NEVER_REFUSED):
            return None
        return Place(self._lines[_kind_of(scope["method"], scope["headers"])])

    def check(self, scope: Scope) -> None:
        """Raises Unavailable when this request would wait too long, and not too many were refused a moment ago."""
        place = self.place_for(scope)
        fullness = place.line.fullness() if place else 0.0
        if fullness < 1 or self._refused >= fullness * REFUSALS:
            return
        if not self._refused:
            asyncio.get_running_loop().call_soon(self._forget_refusals)
        self._refused += 1
        raise Unavailable

    def _forget_refusals(self) -> None:
        self._refused = 0


class Place:
    """The place of one request, at work or in line."""

    __slots__ = ("_is_taken", "line")

    def __init__(self, line: Line) -> None:
        self.line = line
        self._is_taken = False

    async def take(self) -> None:
        """Raises Unavailable when it takes far too long."""
        if not await self.line.enter():
            raise Unavailable
        self._is_taken = True

    def around(self, receive: Receive) -> Receive:
        """`receive` without the place while the client sends: a slow one takes no room. Afterwards it goes first."""

        async def receive_without_place() -> Message:
            self.leave()
            message = await receive()
            self._is_taken = await self.line.enter(is_first=True)
            return message

        return receive_without_place

    def leave(self) -> None:
        if self._is_taken:
            self._is_taken = False
            self.line.leave()


def _kind_of(method: str, headers: Iterable[tuple[bytes, bytes]]) -> Kind:
    """From what a request shows before it is authenticated; a false credential is refused soon after."""
    if method not in WITHOUT_BODY:
        return Kind.CHANGING
    for name, _value in headers:
        if name in _CREDENTIALS:
            return Kind.READING
    return Kind.BROWSING
