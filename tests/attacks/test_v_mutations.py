"""5,000 changed addresses of a session that plays: not one gives a byte of the video."""

from __future__ import annotations

import random
import secrets
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import Classroom
from tests.support.player import Player, VideoLesson
from tests.support.raw_requests import get_raw
from tests.support.videos import Videos

from coursify import app as application
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

DOORS = ("keys/0", "keys/1", "keys/2", "index.m3u8", "240p.m3u8", "captions/en.m3u8", "captions/en.vtt", "poster.webp")
MUTATIONS = 5_000
ALPHABET = "0123456789abcdefABCDEFxyzXYZ-_.~%/;=&?#+ @!$"


async def test_V01_V02_five_thousand_changed_addresses_give_no_byte(
    app: FastAPI, settings: Settings, client: httpx.AsyncClient, db: Connection, resources: Resources
) -> None:
    classroom, player = Classroom(app, client, db), Player(client)
    teacher = await classroom.person("instructor")
    course = await classroom.published(teacher)
    lessons = await classroom.rows("SELECT id::text FROM lessons")
    video = await Videos(db, resources).hls(teacher.id, lessons[0][0])
    playback = await player.open(VideoLesson(course, lessons[0][0], video), teacher)
    base = urlsplit(playback["url"]).path.rpartition("/")[0]
    outermost = application.wrap(app, settings)
    ours = {f"{base}/{door}" for door in (*DOORS, "360p.m3u8")}
    for address in ours:
        assert (await get_raw(outermost, address)).status == 200
    dice, statuses = random.Random(9), dict[int, int]()
    for _ in range(MUTATIONS):
        address = mutate(f"{base}/{dice.choice(DOORS)}", dice)
        if address in ours:
            continue
        answer = await get_raw(outermost, address)
        assert answer.status in {403, 404, 405}, address
        assert answer.content[:1] == b"{", address
        assert not any(key in answer.content for key in video.keys), address
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
    assert sum(statuses.values()) > MUTATIONS * 0.98


def mutate(address: str, dice: random.Random) -> str:
    """The address with one of its parts changed: path, session, time, signature, door or encoding."""
    head, token, door = address.split("/", 5)[:3], address.split("/")[3], "/".join(address.split("/")[4:])
    session, expiry, signature = token.split(".")
    place = dice.randrange(len(address))
    letter = dice.choice(ALPHABET)
    return dice.choice(
        [
            lambda: address[:place] + letter + address[place + 1 :],
            lambda: address[:place] + address[place + 1 :],
            lambda: address[:place] + letter + address[place:],
            lambda: (
                address[:place]
                + quote(address[place]).replace(address[place], f"%{ord(address[place]):02X}")
                + address[place + 1 :]
            ),
            lambda: address[:place] + f"%25{ord(address[place]):02x}" + address[place + 1 :],
            lambda: "/".join([*head, f"{uuid4().hex}.{expiry}.{signature}", door]),
            lambda: "/".join([*head, f"{session}.{int(expiry) + dice.randint(1, 10**6)}.{signature}", door]),
            lambda: "/".join([*head, f"{session}.{dice.choice(['-1', '1e20', '0', '9' * 10])}.{signature}", door]),
            lambda: "/".join([*head, f"{session}.{expiry}.{secrets.token_urlsafe(32)}", door]),
            lambda: "/".join([*head, f"{session}.{expiry}.{flip(signature, dice)}", door]),
            lambda: "/".join([*head, f"{session}.{expiry}.{expiry}.{signature}", door]),
            lambda: "/".join([*head, token.upper(), door]),
            lambda: "/".join([*head, token, dice.choice(["", ".", "..", "x/.."]), door]),
            lambda: "/".join([*head, token, dice.choice(["keys/00", "keys/-1", "keys/1e0", "keys/0x0", "keys/٠"])]),
            lambda: "/".join([*head, token, f"{door};v=1"]),
            lambda: f"{address}{dice.choice(['/', '//', '%00', '%0a', '%20', '.', '?t=1', '?x', '%3Ft=1'])}",
            lambda: address.replace("/", dice.choice(["//", "%2f", "/./", "\\\\"]), dice.randint(1, 4)),
        ]
    )()


def flip(signature: str, dice: random.Random) -> str:
    """One bit of one letter."""
    place = dice.randrange(len(signature))
    return signature[:place] + chr(ord(signature[place]) ^ (1 << dice.randrange(6))) + signature[place + 1 :]
