"""What a video player does: it opens a session, follows its playlists, and asks for keys, segments and ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from tests.support.classroom import PREFIX, Person
from tests.support.videos import Video, decrypt

Json = dict[str, Any]


@dataclass(frozen=True)
class VideoLesson:
    """A lesson with a video."""

    course: Json
    id: str
    video: Video

    @property
    def path(self) -> str:
        return f"/courses/{self.course['id']}/lessons/{self.id}/playback"


@dataclass(frozen=True)
class Player:
    client: httpx.AsyncClient

    async def open(self, lesson: VideoLesson, person: Person | None, **options: Any) -> Json:
        answer = await self.ask(lesson, person, **options)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["data"])

    async def ask(self, lesson: VideoLesson, person: Person | None, **options: Any) -> httpx.Response:
        if person:
            return await person.post(lesson.path, **options)
        return await self.client.post(PREFIX + lesson.path, **options)

    async def key(self, playback: Json, number: int = 0) -> httpx.Response:
        return await self.client.get(urljoin(playback["url"], f"keys/{number}"))

    async def play(self, playback: Json) -> dict[str, bytes]:
        """Every rendition of the master playlist, whole and decrypted, as a player does it."""
        master = await self.text(playback["url"])
        names = re.findall(r"^(\w+)\.m3u8$", master, re.MULTILINE)
        return {name: await self._play(urljoin(playback["url"], f"{name}.m3u8")) for name in names}

    async def _play(self, playlist_url: str) -> bytes:
        keys: dict[str, bytes] = {}
        played = b""
        key = iv = b""
        for line in (await self.text(playlist_url)).splitlines():
            if found := re.fullmatch(r'#EXT-X-KEY:METHOD=AES-128,URI="([^"]+)",IV=0x([0-9a-f]{32})', line):
                address = urljoin(playlist_url, found[1])
                if address not in keys:
                    keys[address] = (await self.bytes(address)).content
                key, iv = keys[address], bytes.fromhex(found[2])
            elif not line.startswith("#"):
                played += decrypt(key, iv, (await self.bytes(urljoin(playlist_url, line))).content)
        return played

    async def text(self, url: str) -> str:
        return (await self.bytes(url)).text

    async def bytes(self, url: str) -> httpx.Response:
        answer = await self.client.get(url)
        assert answer.status_code == 200, (url, answer.text)
        return answer
