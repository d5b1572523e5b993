"""What a key and a segment cost the API process, and that a real server hands addresses on as they were sent."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from tests.support.classroom import Classroom
from tests.support.player import Player, VideoLesson
from tests.support.system import System
from tests.support.videos import Videos

from coursify.core.database import Connection
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

REQUESTS = 5_000 if os.environ.get("COURSIFY_PROVE") else 100
KEY_MILLISECONDS, SEGMENT_MILLISECONDS = 2.0, 1.0
# Six seconds of video at 700 kbit/s.
SEGMENT_BYTES = 524_288


@dataclass
class Served:
    """A video that plays, and the process that serves it."""

    system: System
    key: str
    segment: str

    def cpu_milliseconds(self, path: str, size: int) -> float:
        """The CPU time of the process for each request, over many on one connection."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.system.port)) as connection:
            for _ in range(20):
                _get(connection, path)
            before = self._cpu_seconds()
            for _ in range(REQUESTS):
                status, body = _get(connection, path)
                assert (status, len(body)) == (200, size)
            return (self._cpu_seconds() - before) * 1_000 / REQUESTS

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.system.processes['serve'].pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def system(environment: dict[str, str], tmp_path: Path) -> Iterator[System]:
    running = System(environment | {"RATE_LIMIT_FACTOR": "100000"}, tmp_path)
    running.start("serve")
    running.wait_until_ready()
    yield running
    running.stop()


@pytest.fixture
async def served(system: System, classroom: Classroom, db: Connection, resources: Resources) -> Served:
    teacher, learner = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons")
    clear = {"360p": [os.urandom(SEGMENT_BYTES - 1) for _ in range(6)]}
    video = await Videos(db, resources).hls(teacher.id, lesson_id, clear=clear)
    await classroom.enroll(learner, course)
    playback = await Player(classroom.client).open(VideoLesson(course, lesson_id, video), learner)
    key = urlsplit(urljoin(playback["url"], "keys/0")).path
    return Served(system, key, f"/media/segments/{video.asset.segment('360p', 0)}")


async def test_a_key_and_a_segment_cost_the_api_little(
    served: Served, record_property: Callable[[str, object], None]
) -> None:
    key = served.cpu_milliseconds(served.key, 16)
    segment = served.cpu_milliseconds(served.segment, SEGMENT_BYTES)
    record_property("key_cpu_ms", round(key, 2))
    record_property("segment_cpu_ms", round(segment, 2))
    if os.environ.get("COURSIFY_PROVE"):
        assert key <= KEY_MILLISECONDS
        assert segment <= SEGMENT_MILLISECONDS


async def test_a_real_server_gives_nothing_to_an_address_that_is_spelled_in_another_way(served: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served.system.port)) as connection:
        assert _get(connection, served.key)[0] == 200
        for path in (
            served.key.replace("keys", "%6beys"),
            served.key.replace("/keys", "%2fkeys"),
            served.key.replace("/keys", "/./keys"),
            served.key.replace("/keys", "/x/../keys"),
            served.key.replace("/keys", "//keys"),
            served.key.replace("/keys", ";x/keys"),
            served.key.replace(".", "%2e"),
            served.key.replace(".", "%252e"),
            served.key + "?t=1",
            served.key + "%00",
            served.key + "/",
            served.segment.replace(".ts", "%2ets"),
            served.segment.replace("/360p", "/%2e%2e/360p"),
            served.segment + "?x",
        ):
            status, body = _get(connection, path)
            assert status in {403, 404}, path
            assert body[:1] == b"{", path
