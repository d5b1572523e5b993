"""Finished answers that are the same for everyone, kept in this process and, for the other replicas, in Redis.

An answer names its topics: the ids of what it shows, or ANY for a list, which any change may concern. The transaction
that changes something notifies `answers` with its topic (or with ANY: everything), and the commit sends it. An answer
that was read before a change and is finished after it is not kept. Each one also ends by itself after its `max_age`.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from coursify.core.counted import STATEMENTS
from coursify.core.database import Connection
from coursify.core.listener import Listener, Subscription
from coursify.core.queries.answers import listen_for_changes

ANY = "*"
CHANNEL = "answers"
MAX_BYTES = 40_000_000
# What an answer takes beside its body: its headers, its topics, its places in the tables.
_OVERHEAD_BYTES = 1_500
# How old an answer may be while notifications may be lost.
UNTRUSTED_SECONDS = 1.0


Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class Representation:
    """A body in one coding, with its own tag, and the headers of a 200 and of a 304."""

    body: bytes
    tag: str
    headers: Headers
    headers_of_304: Headers


@dataclass(slots=True)
class Answer:
    """A body of JSON and its headers; times as `time.time()`.

    How it is sent, `plain` and by gzip (`packed`), is made when somebody asks for it.
    """

    body: bytes
    tag: str
    max_age: int
    vary: str
    topics: frozenset[str]
    made_at: float = field(default_factory=time.time)
    plain: Representation | None = None
    packed: Representation | None = None

    @property
    def size(self) -> int:
        return len(self.body) + (len(self.packed.body) if self.packed else 0) + _OVERHEAD_BYTES

    def age(self) -> float:
        return time.time() - self.made_at


class PublicAnswers:
    """The answers of this process by key. The oldest make room when there are more than `max_bytes`."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._keys_of: dict[str, set[str]] = {}
        self._listener: Listener | None = None
        # How many changes have been heard of: an answer that was begun before the last one is not kept.
        self.changes = 0
        self.on_change: Callable[[], None] = lambda: None

    def subscribe(self, listener: Listener) -> None:
        self._listener = listener
        listener.subscribe(Subscription(CHANNEL, listen_for_changes, self.receive, self.clear))

    async def hear_own_changes(self, connection: Connection) -> None:
        """For connections of transactions: COMMIT brings the notice, so that the author reads the change at once."""
        # A new connection is opened on behalf of a request, whose statements are counted.
        STATEMENTS.set(None)
        own = connection.info.backend_pid
        connection.add_notify_handler(lambda notice: self.receive(notice.payload) if notice.pid == own else None)
        await listen_for_changes(connection)

    def is_trusted(self) -> bool:
        return self._listener is not None and self._listener.is_trusted()

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, key: str) -> Answer | None:
        """An answer that was true a moment ago; it may be older than its `max_age`."""
        answer = self._answers.get(key)
        if answer is None or (not self.is_trusted() and answer.age() > UNTRUSTED_SECONDS):
            return None
        self._answers.move_to_end(key)
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        self._drop(key)
        self._answers[key] = answer
        self._bytes += answer.size
        for topic in answer.topics:
            self._keys_of.setdefault(topic, set()).add(key)
        while self._bytes > self._max_bytes and len(self._answers) > 1:
            self._drop(next(iter(self._answers)))

    def add_packed(self, key: str, answer: Answer, packed: Representation) -> None:
        """Keep the body by gzip beside the plain one."""
        answer.packed = packed
        if self._answers.get(key) is answer:
            self._bytes += len(packed.body)

    def receive(self, topic: str) -> None:
        """Something changed: forget what shows it, and every list."""
        if topic == ANY:
            self.clear()
            return
        self.changes += 1
        for key in [*self._keys_of.get(topic, ()), *self._keys_of.get(ANY, ())]:
            self._drop(key)
        self.on_change()

    def clear(self) -> None:
        self.changes += 1
        self._answers.clear()
        self._keys_of.clear()
        self._bytes = 0
        self.on_change()

    def _drop(self, key: str) -> None:
        answer = self._answers.pop(key, None)
        if answer is None:
            return
        self._bytes -= answer.size
        for topic in answer.topics:
            keys = self._keys_of.get(topic, set())
            keys.discard(key)
            if not keys:
                self._keys_of.pop(topic, None)
