"""Videos that go straight to Cloudinary: one signed form, a notification that is only a hint, delivery by signature."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import PREFIX, refusal
from tests.support.cloudinary_standin import NOTIFICATION_URL, CloudinaryStandin, cloudinary_store
from tests.support.films import Studio, mp4
from tests.support.http_standin import served
from tests.support.plain_http import PLAIN
from tests.support.videos import decrypt

from coursify import app as application
from coursify.core.http.context import context_of, set_context
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.remove_asset import remove_asset
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.modules.media.store import StoreUnavailable
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

FILM = mp4()
WEBHOOK = f"{PREFIX}/webhooks/cloudinary"


@dataclasses.dataclass
class Cloud:
    standin: CloudinaryStandin
    url: str
    resources: Resources
    client: httpx.AsyncClient

    async def send(self, begun: dict[str, Any], content: bytes, **added: str) -> httpx.Response:
        """The form of an upload, as a client sends it."""
        form = {"data": begun["fields"] | added, "files": {"file": ("one.mp4", content)}}
        return await self.client.post(begun["uploadUrl"], **form)


@pytest.fixture
async def cloud(app: FastAPI, resources: Resources, clean: None) -> AsyncIterator[Cloud]:
    """The application and the worker with an account at Cloudinary as their store."""
    standin, usual = CloudinaryStandin(), context_of(app)
    with served(standin) as url:
        async with httpx.AsyncClient(**PLAIN) as client:
            store = cloudinary_store(standin, url)
            set_context(app, application.make_context(dataclasses.replace(resources_of(app), media=store)))
            yield Cloud(standin, url, dataclasses.replace(resources, media=store), client)
            set_context(app, usual)
            await store.close()


async def test_a_video_is_uploaded_reported_transcoded_and_played(
    studio: Studio, cloud: Cloud, run_jobs: RunJobs
) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    assert begun["protocol"] == "cloudinary"
    assert begun["fields"]["notification_url"] == NOTIFICATION_URL
    sent = await cloud.send(begun, FILM)
    assert sent.status_code == 200, sent.text
    assert await studio.asset() == "uploading"
    (answer,) = await cloud.standin.notify(studio.client)
    assert answer.status_code == 200, answer.text
    assert await studio.asset() == "processing"
    await transcode_video(cloud.resources, asset_id=await studio.asset("id"))
    assert await studio.asset() == "ready"
    await run_jobs()

    answer = await studio.owner.post(f"{studio.path}/playback")
    assert answer.status_code == 201, answer.text
    url = answer.json()["data"]["url"]
    (name, *_others) = re.findall(r"^(\w+)\.m3u8$", (await studio.client.get(url)).text, re.MULTILINE)
    playlist = (await studio.client.get(urljoin(url, f"{name}.m3u8"))).text
    (iv, *_), segments = re.findall(r"IV=0x([0-9a-f]{32})", playlist), re.findall(r"^[^#].*", playlist, re.MULTILINE)
    key = (await studio.client.get(urljoin(url, "keys/0"))).content
    redirect = await studio.client.get(segments[0])
    assert redirect.status_code == 307, redirect.text
    segment = (await cloud.client.get(redirect.headers["location"])).content
    assert decrypt(key, bytes.fromhex(iv), segment)[:1] == b"\x47"


async def test_a_client_may_complete_the_upload_itself(studio: Studio, cloud: Cloud) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    complete = httpx.URL(begun["completeUrl"]).path
    assert refusal(await studio.client.post(complete)) == (409, "upload_unfinished")
    await cloud.send(begun, FILM)
    for _twice in range(2):
        answer = await studio.client.post(complete)
        assert answer.status_code == 200, answer.text
    assert await studio.asset() == "processing"


async def test_a_repeated_notification_has_one_effect(studio: Studio, cloud: Cloud) -> None:
    await cloud.send((await studio.announce(len(FILM))).json()["data"], FILM)
    waiting = list(cloud.standin.notifications)
    for _again in range(3):
        cloud.standin.notifications = list(waiting)
        (answer,) = await cloud.standin.notify(studio.client)
        assert answer.status_code == 200
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'media.transcode_video'"
    assert await studio.classroom.rows(query) == [(1,)]


async def test_a_notification_without_a_file_is_not_believed(studio: Studio, cloud: Cloud) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    notice = {"notification_type": "upload", "resource_type": "video", "type": "authenticated", "bytes": len(FILM)}
    body = json.dumps(notice | {"public_id": begun["fields"]["public_id"]}).encode()
    answer = await studio.client.post(WEBHOOK, content=body, headers=cloud.standin.signed_headers(body))
    assert answer.status_code == 200
    assert await studio.asset() == "uploading"
    assert any("/resources/video/authenticated/" in asked for asked in cloud.standin.asked)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_id": "someone/elses"},
        {"public_id": "f" * 32 + "/original"},
        {"public_id": 7},
        {"public_id": "a\u0000b"},
        {"type": "upload"},
        {"resource_type": "image"},
        {"resource_type": ["video"]},
        {"notification_type": "delete"},
        {"notification_type": {}},
    ],
)
async def test_other_notifications_have_no_effect(studio: Studio, cloud: Cloud, changes: dict[str, Any]) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    await cloud.send(begun, FILM)
    ((_url, sent),) = cloud.standin.notifications
    body = json.dumps(json.loads(sent) | changes).encode()
    answer = await studio.client.post(WEBHOOK, content=body, headers=cloud.standin.signed_headers(body))
    assert answer.status_code == 200, answer.text
    assert await studio.asset() == "uploading"


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b"{", b"\xc3\xa9", b"[" * 5_000])
async def test_a_signed_body_that_is_no_notification_is_no_error_of_ours(
    studio: Studio, cloud: Cloud, body: bytes
) -> None:
    answer = await studio.client.post(WEBHOOK, content=body, headers=cloud.standin.signed_headers(body))
    assert answer.status_code == (200 if body == b"[]" else 400)


@pytest.mark.parametrize(
    "change",
    [
        lambda headers: headers | {"X-Cld-Signature": ""},
        lambda headers: headers | {"X-Cld-Signature": "0" * 40},
        lambda headers: headers | {"X-Cld-Signature": headers["X-Cld-Signature"].upper()},
        lambda headers: headers | {"X-Cld-Timestamp": str(int(headers["X-Cld-Timestamp"]) - 1)},
        lambda headers: headers | {"X-Cld-Timestamp": "now"},
        lambda _headers: {"Content-Type": "application/json"},
    ],
)
async def test_W01_a_notification_that_cloudinary_has_not_signed_is_refused(
    studio: Studio, cloud: Cloud, change: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    await cloud.send((await studio.announce(len(FILM))).json()["data"], FILM)
    ((_url, body),) = cloud.standin.notifications
    asked = len(cloud.standin.asked)
    headers = change(cloud.standin.signed_headers(body))
    assert refusal(await studio.client.post(WEBHOOK, content=body, headers=headers)) == (400, "notification_refused")
    assert await studio.asset() == "uploading"
    assert len(cloud.standin.asked) == asked


async def test_W02_a_changed_notification_is_refused(studio: Studio, cloud: Cloud) -> None:
    await cloud.send((await studio.announce(len(FILM))).json()["data"], FILM)
    ((_url, body),) = cloud.standin.notifications
    headers = cloud.standin.signed_headers(body)
    for changed in (body + b" ", body.replace(b": ", b":"), body.replace(b"video", b"image"), b""):
        answer = await studio.client.post(WEBHOOK, content=changed, headers=headers)
        assert refusal(answer) == (400, "notification_refused")
    assert await studio.asset() == "uploading"


async def test_W03_an_old_notification_is_refused(studio: Studio, cloud: Cloud) -> None:
    await cloud.send((await studio.announce(len(FILM))).json()["data"], FILM)
    ((_url, body),) = cloud.standin.notifications
    now = time.time()
    for at in (now - 7_205, now + 305):
        headers = cloud.standin.signed_headers(body, at=at)
        assert refusal(await studio.client.post(WEBHOOK, content=body, headers=headers)) == (
            400,
            "notification_refused",
        )
    headers = cloud.standin.signed_headers(body, at=now - 7_100, algorithm="sha256")
    assert (await studio.client.post(WEBHOOK, content=body, headers=headers)).status_code == 200
    assert await studio.asset() == "processing"


async def test_without_cloudinary_there_is_no_such_door(studio: Studio) -> None:
    assert (await studio.client.post(WEBHOOK, content=b"{}")).status_code == 404


async def test_U09_what_a_client_adds_to_a_form_is_not_signed(studio: Studio, cloud: Cloud) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    added = {
        "eager": "w_100",
        "notification_url": "https://evil.example.com/",
        "overwrite": "true",
        "type": "upload",
        "public_id": "mine",
        "folder": "mine",
        "timestamp": "1",
    }
    for name, value in added.items():
        assert (await cloud.send(begun, FILM, **{name: value})).status_code == 401, name
    for name in begun["fields"]:
        less = {"fields": {other: begun["fields"][other] for other in begun["fields"] if other != name}}
        assert (await cloud.send(begun | less, FILM)).status_code == 401, name
    elsewhere = begun | {"uploadUrl": begun["uploadUrl"].replace("/video/", "/raw/")}
    await cloud.send(elsewhere, FILM)
    assert refusal(await studio.client.post(httpx.URL(begun["completeUrl"]).path)) == (409, "upload_unfinished")
    assert await studio.asset() == "uploading"


async def test_a_form_does_not_replace_what_was_checked(studio: Studio, cloud: Cloud) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    await cloud.send(begun, FILM)
    await studio.client.post(httpx.URL(begun["completeUrl"]).path)
    await cloud.send(begun, FILM.replace(b"mdat", b"evil"))
    (stored,) = cloud.standin.resources.values()
    assert stored.content == FILM


async def test_other_bytes_than_announced_are_rejected(studio: Studio, cloud: Cloud) -> None:
    other = b"....ftypqt  moov" + bytes(600)
    for content, announced in ((FILM + b"x", len(FILM)), (FILM, len(FILM) + 1), (other, len(other))):
        await cloud.send((await studio.announce(announced)).json()["data"], content)
        (answer,) = await cloud.standin.notify(studio.client)
        assert answer.status_code == 200
        assert await studio.asset() == "rejected"
        assert cloud.standin.resources == {}


async def test_a_small_video_comes_in_one_form(studio: Studio, cloud: Cloud) -> None:
    assert (await studio.form("one.mp4", FILM, "video/mp4")).status_code == 202
    assert await studio.asset() == "processing"
    (stored,) = cloud.standin.resources.values()
    assert (stored.kind, stored.delivery_type, stored.content) == ("video", "authenticated", FILM)


async def test_a_form_that_is_no_video_is_rejected_before_it_is_stored(studio: Studio, cloud: Cloud) -> None:
    answer = await studio.form("one.mp4", b"<html>" * 100, "video/mp4")
    assert refusal(answer) == (415, "unsupported_file_type")
    assert await studio.asset() == "rejected"
    assert not any(asked.startswith("POST") for asked in cloud.standin.asked)


async def test_a_video_that_cloudinary_cannot_read_is_rejected(studio: Studio, cloud: Cloud) -> None:
    answer = await studio.form("one.mp4", FILM.replace(b"moov", b"free"), "video/mp4")
    assert refusal(answer) == (415, "unsupported_file_type")
    assert await studio.asset() == "rejected"
    assert cloud.standin.resources == {}


async def test_an_aborted_upload_leaves_nothing(studio: Studio, cloud: Cloud) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    await cloud.send(begun, FILM)
    door = httpx.URL(begun["abortUrl"]).path
    assert refusal(await studio.client.get(f"{door}/parts?first=1&last=2")) == (404, "upload_not_found")
    assert (await studio.client.delete(door)).status_code == 204
    scratch = Scratch(cloud.resources.settings.media.media_scratch_folder)
    await remove_asset(cloud.resources.database, cloud.resources.media, scratch, asset_id=await studio.asset("id"))
    assert await studio.asset() is None
    assert cloud.standin.resources == {}


async def test_a_notification_is_sent_again_when_cloudinary_cannot_be_asked(studio: Studio, cloud: Cloud) -> None:
    await cloud.send((await studio.announce(len(FILM))).json()["data"], FILM)
    waiting = list(cloud.standin.notifications)
    cloud.standin.is_down = True
    (answer,) = await cloud.standin.notify(studio.client)
    assert refusal(answer) == (503, "media_store_unavailable")
    assert await studio.asset() == "uploading"
    cloud.standin.is_down, cloud.standin.notifications = False, waiting
    (answer,) = await cloud.standin.notify(studio.client)
    assert answer.status_code == 200
    assert await studio.asset() == "processing"


async def test_a_call_that_failed_once_is_made_again(cloud: Cloud) -> None:
    store, standin = cloud.resources.media, cloud.standin
    standin.fails_once = True
    await store.put(f"{'f' * 32}/a", b"x", content_type="text/plain")
    assert await store.size(f"{'f' * 32}/a") == 1


async def test_a_cloudinary_that_hangs_is_unavailable(cloud: Cloud) -> None:
    cloud.standin.hangs_for = 0.5
    store = cloudinary_store(cloud.standin, cloud.url, seconds=0.05)
    with pytest.raises(StoreUnavailable) as refused:
        await store.size(f"{'f' * 32}/a")
    assert "does not answer" in refused.value.reason
    await store.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"api_secret": "wrong"}, "401 Invalid Signature"),
        ({"api_key": "1"}, "401 Unknown API key"),
        ({"cloud": "missing"}, "401 Invalid cloud_name"),
    ],
)
async def test_a_wrong_setting_is_named(changes: dict[str, str], reason: str) -> None:
    standin = CloudinaryStandin()
    with served(standin) as url:
        store = cloudinary_store(standin, url, **changes)
        with pytest.raises(StoreUnavailable) as refused:
            await store.check()
        assert reason in refused.value.reason
        assert "wrong" not in refused.value.reason
        with pytest.raises(StoreUnavailable):
            await store.list_objects("f" * 32)
        await store.close()
