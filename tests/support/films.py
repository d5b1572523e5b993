"""Small real videos, made with ffmpeg once per process, and what tests do with them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from tests.support.classroom import Classroom, Json, Person

from coursify.modules.media.ffmpeg.binary import find_ffmpeg

TUS = {"Tus-Resumable": "1.0.0"}
BODY = TUS | {"Content-Type": "application/offset+octet-stream"}
_PICTURE = ("-f", "lavfi", "-i", "testsrc=size={size}:rate=10")
_SOUND = ("-f", "lavfi", "-i", "sine=frequency=440")


def ffmpeg() -> Path:
    found = find_ffmpeg(None)
    assert found, "the tests of videos need the extra `media`"
    return found


@cache
def make(*arguments: str, extension: str) -> bytes:
    """What ffmpeg writes with these arguments."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"made.{extension}"
        subprocess.run([ffmpeg(), "-v", "error", "-nostdin", *arguments, str(target)], check=True)
        return target.read_bytes()


def mp4(seconds: float = 2, *, size: str = "160x120", sound: bool = True) -> bytes:
    picture = [part.format(size=size) for part in _PICTURE]
    codecs = ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    return make(*picture, *(_SOUND if sound else ()), *codecs, extension="mp4")


def webm(seconds: float = 1) -> bytes:
    picture = [part.format(size="160x120") for part in _PICTURE]
    return make(*picture, "-t", str(seconds), "-c:v", "libvpx", "-deadline", "realtime", extension="webm")


def door(answer: httpx.Response) -> str:
    """The path of the upload that an answer has begun."""
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    assert data["protocol"] == "tus"
    return str(httpx.URL(data["uploadUrl"]).path)


class Studio:
    """An instructor with a course and a lesson that gets videos."""

    def __init__(self, classroom: Classroom, owner: Person, course: Json, lesson: Json) -> None:
        self.classroom = classroom
        self.client = classroom.client
        self.owner = owner
        self.course = course
        self.lesson = lesson
        self.path = f"/courses/{course['id']}/lessons/{lesson['id']}"

    async def announce(self, size: int, *, filename: str = "one.mp4", kind: str = "video/mp4") -> httpx.Response:
        return await self.owner.post(f"{self.path}/video/upload", {"filename": filename, "size": size, "type": kind})

    async def begin(self, size: int, **named: Any) -> str:
        return door(await self.announce(size, **named))

    async def send(self, path: str, offset: int, body: Any, **headers: str) -> httpx.Response:
        return await self.client.patch(path, content=body, headers=BODY | {"Upload-Offset": str(offset)} | headers)

    async def offset(self, path: str) -> int:
        answer = await self.client.head(path, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    async def upload(self, film: bytes, **named: Any) -> None:
        """The whole film in one request."""
        answer = await self.send(await self.begin(len(film), **named), 0, film)
        assert answer.status_code == 204, answer.text

    async def form(self, name: str, content: bytes, kind: str, *, to: str = "video") -> httpx.Response:
        return await self.owner.call("POST", f"{self.path}/{to}", files={"file": (name, content, kind)})

    async def shown(self, person: Person | None = None) -> Json:
        answer = await (person or self.owner).get(self.path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    async def video(self) -> Json | None:
        found: Json | None = (await self.shown())["video"]
        return found

    async def asset(self, column: str = "status") -> Any:
        """A column of the newest asset."""
        rows = await self.classroom.rows(f"SELECT {column} FROM assets ORDER BY id DESC LIMIT 1")
        return rows[0][0] if rows else None


async def make_studio(classroom: Classroom) -> Studio:
    owner = await classroom.person("instructor")
    course = await classroom.draft(owner)
    return Studio(classroom, owner, course, await classroom.lesson(owner, course, content=None))


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
