"""Videos that go straight to a bucket: parts by signed addresses, completion and abortion by the upload's address."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import refusal
from tests.support.films import TUS, Studio, mp4
from tests.support.http_standin import served
from tests.support.plain_http import PLAIN
from tests.support.s3_standin import S3Standin

from coursify import app as application
from coursify.core.http.context import context_of, set_context
from coursify.integrations.s3_signing import Signer
from coursify.integrations.s3_store import S3Store
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.remove_asset import remove_asset
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

FILM = mp4()


@dataclasses.dataclass
class Bucket:
    standin: S3Standin
    resources: Resources
    client: httpx.AsyncClient


@pytest.fixture
async def bucket(app: FastAPI, resources: Resources, clean: None) -> AsyncIterator[Bucket]:
    """The application and the worker with a bucket of S3 as their store."""
    standin, usual = S3Standin(), context_of(app)
    with served(standin) as url:
        signer = Signer(
            endpoint=url,
            bucket=standin.bucket,
            region=standin.region,
            access_key_id=standin.access_key_id,
            secret_access_key=standin.secret_access_key,
        )
        async with httpx.AsyncClient(**PLAIN) as client:
            store = S3Store(signer, client=httpx.AsyncClient(**PLAIN))
            set_context(app, application.make_context(dataclasses.replace(resources_of(app), media=store)))
            yield Bucket(standin, dataclasses.replace(resources, media=store), client)
            set_context(app, usual)
            await store.close()


async def test_a_video_goes_to_the_bucket_and_is_transcoded(studio: Studio, bucket: Bucket) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    assert begun["protocol"] == "s3-multipart"
    assert begun.keys() >= {"partSize", "parts", "nextParts", "completeUrl", "abortUrl"}
    [part] = begun["parts"]
    complete = httpx.URL(begun["completeUrl"]).path
    assert refusal(await studio.client.post(complete)) == (409, "upload_unfinished")
    sent = await bucket.client.put(part["url"], content=FILM)
    assert sent.status_code == 200, sent.text
    for _twice in range(2):
        answer = await studio.client.post(complete)
        assert answer.status_code == 200, answer.text
    assert await studio.asset() == "processing"
    await transcode_video(bucket.resources, asset_id=await studio.asset("id"))
    assert await studio.asset() == "ready"


async def test_the_addresses_of_many_parts_come_in_pages(studio: Studio, bucket: Bucket) -> None:
    begun = (await studio.announce(4 * 1_024**3)).json()["data"]
    numbers, page = [part["number"] for part in begun["parts"]], begun["nextParts"]
    assert len(numbers) == 100
    while page:
        url = httpx.URL(page)
        shown = (await studio.client.get(url.raw_path.decode())).json()["data"]
        assert len(shown["parts"]) <= 100
        numbers += [part["number"] for part in shown["parts"]]
        page = shown["nextParts"]
    assert numbers == list(range(1, -(-(4 * 1_024**3) // begun["partSize"]) + 1))
    door = httpx.URL(begun["abortUrl"]).path
    for query in ("first=0&last=1", "first=1&last=10001", "first=x&last=1", "first=1", "first=1&last=2&path=x"):
        assert (await studio.client.get(f"{door}/parts?{query}")).status_code == 422, query
    assert (await studio.client.get(f"{door}/parts?first=5&last=4")).status_code == 404


async def test_the_application_takes_no_bytes_of_a_direct_upload(studio: Studio, bucket: Bucket, scratch: Path) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    door = httpx.URL(begun["abortUrl"]).path
    assert refusal(await studio.send(door, 0, FILM)) == (404, "upload_not_found")
    assert (await studio.client.head(door, headers=TUS)).status_code == 404


async def test_other_bytes_than_announced_are_rejected(studio: Studio, bucket: Bucket) -> None:
    for content, announced in ((FILM + b"x", len(FILM)), (b"<html>" * 100, 600)):
        begun = (await studio.announce(announced)).json()["data"]
        await bucket.client.put(begun["parts"][0]["url"], content=content)
        answer = await studio.client.post(httpx.URL(begun["completeUrl"]).path)
        assert refusal(answer) == (415, "unsupported_file_type")
        assert await studio.asset() == "rejected"
        assert await bucket.resources.media.list_objects(await studio.asset("path")) == []


async def test_an_aborted_upload_leaves_nothing_in_the_bucket(studio: Studio, bucket: Bucket) -> None:
    begun = (await studio.announce(len(FILM))).json()["data"]
    await bucket.client.put(begun["parts"][0]["url"], content=FILM)
    assert (await studio.client.delete(httpx.URL(begun["abortUrl"]).path)).status_code == 204
    asset_id = await studio.asset("id")
    scratch = Scratch(bucket.resources.settings.media.media_scratch_folder)
    await remove_asset(bucket.resources.database, bucket.resources.media, scratch, asset_id=asset_id)
    assert await studio.asset() is None
    assert (await bucket.client.put(begun["parts"][0]["url"], content=FILM)).status_code == 404


async def test_a_bucket_that_is_down_begins_no_upload(studio: Studio, bucket: Bucket) -> None:
    bucket.standin.is_down = True
    assert refusal(await studio.announce(len(FILM))) == (503, "media_store_unavailable")
    assert await studio.asset() == "released"
    assert await studio.video() is None
