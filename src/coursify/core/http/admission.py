"""Under overload some requests are refused at once, so that those that are served are served in time.

As many requests are let in as finish within a short time: more would only wait. What people came for goes first:
browsing is refused at half a second of work, signed-in reading at one, and everything that changes something
(signing in, buying, progress, webhooks) at two. So there is room for a purchase while browsing is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

MEASURED_SECONDS = 1.0
# For operators, and for the bytes of media: their routes are those of streams, which are not counted.
_NEVER_REFUSED = ("/health", "/metrics", "/media/")


class Kind(Enum):
    """How many seconds of work may be in progress, and how many requests may be in any case."""

    BROWSING = (0.5, 128)
    READING = (1.0, 256)
    CHANGING = (2.0, 512)


class Admission:
    """Counts the requests of this process that are in progress, and how many finish in a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._in_progress = 0
        self._finished = 0
        self._began = clock()
        self._rate = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around the work of a request, after its body has been received: a slow client takes no room."""
        self._in_progress += 1
        try:
            yield
        finally:
            self._in_progress -= 1
            self._finished += 1
            if (seconds := self._clock() - self._began) >= MEASURED_SECONDS:
                self._rate = self._finished / seconds
                self._finished, self._began = 0, self._clock()

    def is_full(self, scope: MutableMapping[str, Any], headers: MutableMapping[bytes, bytes]) -> bool:
        """Whether this request must be refused."""
        if self._in_progress < Kind.BROWSING.value[1] or scope["path"].startswith(_NEVER_REFUSED):
            return False
        seconds, least = _kind_of(scope["method"], headers).value
        return self._in_progress >= max(least, seconds * self._rate)


def _kind_of(method: str, headers: MutableMapping[bytes, bytes]) -> Kind:
    """From what a request shows before it is authenticated; a false credential is refused soon after."""
    if method not in {"GET", "HEAD"}:
        return Kind.CHANGING
    return Kind.READING if b"authorization" in headers or b"cookie" in headers else Kind.BROWSING
