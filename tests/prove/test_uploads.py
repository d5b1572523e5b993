"""Two gibibytes by tus: the connection is cut five times, the server is killed once, and every byte arrives."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.support.films import BODY, TUS, files_below, mp4
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import free_port

pytestmark = pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove")

Record = Callable[[str, object], None]
MIB = 1_024**2
SIZE = int(os.environ.get("COURSIFY_PROVE_UPLOAD_MIB", "2048")) * MIB
# After which share of the file the connection is cut, and where the server is killed.
CUTS, KILL = (0.1, 0.25, 0.4, 0.7, 0.9), 0.55
MOST_GROWTH = 100 * MIB


class Server:
    """One API process, which can be killed and started again on its port."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.media, self.scratch = folder / "media", folder / "scratch"
        self._log = folder / "serve.log"
        self._variables = os.environ | environment
        self._variables |= {"PUBLIC_URL": self.url, "RATE_LIMIT_FACTOR": "100000", "LOG_LEVEL": "WARNING"}
        self._variables |= {"MEDIA_FOLDER": str(self.media), "MEDIA_SCRATCH_FOLDER": str(self.scratch)}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "coursify", "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._variables, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._is_ready():
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", **PLAIN).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        for pid in self._family():
            os.kill(pid, 9)
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def memory(self) -> int:
        """The highest resident memory that its processes have had, in bytes."""
        peaks = [Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0] for pid in self._family()]
        return sum(int(kilobytes) * 1_024 for kilobytes in peaks)

    def _family(self) -> list[int]:
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path, clean: None) -> Iterator[Server]:
    started = Server(environment, tmp_path)
    yield started
    started.stop()


def block(number: int) -> bytes:
    """A mebibyte that is different for each number; the first one begins as a video does."""
    content = hashlib.sha256(number.to_bytes(8)).digest() * (MIB // 32)
    return mp4()[:4_096] + content[4_096:] if number == 0 else content


def begin(server: Server) -> str:
    with httpx.Client(base_url=f"{server.url}/api/v1", **PLAIN, timeout=30) as client:
        person = {"name": "Ada", "email": "ada@example.com", "password": "a-long-one-1!", "role": "instructor"}
        token = client.post("/users/register", json=person).json()["data"]["accessToken"]
        client.headers["Authorization"] = f"Bearer {token}"
        body = {"title": "Large", "description": "<p>x</p>", "price": 0, "category": "development"}
        course = client.post("/courses", json=body).json()["data"]["id"]
        lesson = client.post(f"/courses/{course}/lessons", json={"title": "One"}).json()["data"]["id"]
        film = {"filename": "large.mp4", "size": SIZE, "type": "video/mp4"}
        answer = client.post(f"/courses/{course}/lessons/{lesson}/video/upload", json=film)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["uploadUrl"])


def offset_of(url: str) -> int:
    answer = httpx.head(url, headers=TUS, **PLAIN, timeout=60)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def send_until(url: str, start: int, end: int) -> socket.socket:
    """A request for the rest of the file that has sent the bytes up to `end`."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    headers = BODY | {"Host": address.netloc, "Upload-Offset": str(start), "Content-Length": str(SIZE - start)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(f"PATCH {address.path} HTTP/1.1\r\n{lines}\r\n".encode())
    while start < end:
        piece = block(start // MIB)[start % MIB :][: end - start]
        connection.sendall(piece)
        start += len(piece)
    return connection


def settled_offset(url: str) -> int:
    """The server notices a broken connection a moment later, and writes what it has."""
    before, now = -1, offset_of(url)
    while before != now:
        time.sleep(0.5)
        before, now = now, offset_of(url)
    return now


def test_two_gibibytes_arrive_whole_through_cuts_and_a_kill(server: Server, db: Any, record_property: Record) -> None:
    url = begin(server)
    offset_of(url)
    idle, growth, offset, began = server.memory(), 0, 0, time.monotonic()
    for share in sorted((*CUTS, KILL)):
        end = int(SIZE * share)
        connection = send_until(url, offset, end)
        if share == KILL:
            growth = max(growth, server.memory() - idle)
            server.kill()
            server.start()
            offset_of(url)
            idle = server.memory()
        connection.close()
        offset = settled_offset(url)
        assert 0 < offset <= end
    with send_until(url, offset, SIZE) as connection:
        answer = connection.recv(65_536).decode()
    assert answer.startswith("HTTP/1.1 204"), answer
    growth = max(growth, server.memory() - idle)
    assert offset_of(url) == SIZE
    [stored] = files_below(server.media)
    assert files_below(server.scratch) == []
    with (server.media / stored).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == _expected()
    record_property("memory grown by, MiB", round(growth / MIB, 1))
    record_property("seconds", round(time.monotonic() - began, 1))
    assert growth < MOST_GROWTH


def _expected() -> str:
    digest = hashlib.sha256()
    for number in range(SIZE // MIB):
        digest.update(block(number))
    return digest.hexdigest()
