"""What every store of media does, whichever one MEDIA_STORE names."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.support.cloudinary_standin import CloudinaryStandin, cloudinary_store
from tests.support.http_standin import served
from tests.support.plain_http import PLAIN
from tests.support.s3_standin import S3Standin

from coursify.integrations.local_store import LocalStore
from coursify.integrations.s3_signing import Signer
from coursify.integrations.s3_store import S3Store
from coursify.modules.media.store import (
    IMAGE_SIZES,
    LARGEST_FIRST,
    MediaStore,
    ObjectMissing,
    StoreUnavailable,
    UploadIncomplete,
    picture_path,
)

pytestmark = pytest.mark.anyio

FOLDER = "f" * 32
BYTES = bytes(range(256)) * 40


@dataclass
class Tried:
    """A store, and how to take its room or the store itself away."""

    store: MediaStore
    fill: Callable[[], None]
    break_down: Callable[[], None]
    client: httpx.AsyncClient


def signer_of(standin: S3Standin, url: str, **changes: str) -> Signer:
    named = {"bucket": standin.bucket, "region": standin.region, "access_key_id": standin.access_key_id}
    return Signer(**({"endpoint": url, "secret_access_key": standin.secret_access_key} | named | changes))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(**PLAIN) as opened:
        yield opened


@pytest.fixture(params=["local", "s3", "cloudinary"])
async def tried(request: pytest.FixtureRequest, tmp_path: Path, client: httpx.AsyncClient) -> AsyncIterator[Tried]:
    if request.param == "local":
        folder = tmp_path / "store"

        def break_down() -> None:
            folder.rename(tmp_path / "away")
            folder.write_text("not a folder")

        yield Tried(LocalStore(folder), break_down, break_down, client)
        return
    standin = S3Standin() if request.param == "s3" else CloudinaryStandin()
    with served(standin) as url:
        store: MediaStore
        if isinstance(standin, S3Standin):
            store = S3Store(signer_of(standin, url), client=httpx.AsyncClient(**PLAIN))
        else:
            store = cloudinary_store(standin, url)
        yield Tried(store, lambda: setattr(standin, "is_full", True), lambda: setattr(standin, "is_down", True), client)
        await store.close()


async def content(store: MediaStore, path: str, **options: Any) -> bytes:
    return b"".join([chunk async for chunk in store.read(path, **options)])


async def test_what_is_put_is_read(tried: Tried, tmp_path: Path) -> None:
    store, file = tried.store, tmp_path / "source"
    file.write_bytes(BYTES)
    await store.put(f"{FOLDER}/a.bin", BYTES, content_type="text/plain")
    await store.put(f"{FOLDER}/b.bin", file, content_type="text/plain")
    assert file.exists()
    await store.put_moved(f"{FOLDER}/c/d.bin", file, content_type="text/plain")
    assert not file.exists()
    for name in ("a.bin", "b.bin", "c/d.bin"):
        assert await content(store, f"{FOLDER}/{name}") == BYTES
        assert await store.size(f"{FOLDER}/{name}") == len(BYTES)
    await store.put(f"{FOLDER}/a.bin", b"new", content_type="text/plain")
    assert await content(store, f"{FOLDER}/a.bin") == b"new"


@pytest.mark.parametrize(("start", "length"), [(0, None), (0, 1), (10, None), (10, 7), (10_000, 5_000), (10_239, None)])
async def test_a_range_is_read(tried: Tried, start: int, length: int | None) -> None:
    await tried.store.put(f"{FOLDER}/a.bin", BYTES, content_type="text/plain")
    end = None if length is None else start + length
    assert await content(tried.store, f"{FOLDER}/a.bin", start=start, length=length) == BYTES[start:end]


async def test_a_large_file_is_stored_whole(tried: Tried, tmp_path: Path) -> None:
    file, target = tmp_path / "large", tmp_path / "target"
    file.write_bytes(secrets.token_bytes(12_000_000))
    await tried.store.put(f"{FOLDER}/large.bin", file, content_type="text/plain")
    await tried.store.download(f"{FOLDER}/large.bin", target)
    assert target.read_bytes() == file.read_bytes()


async def test_what_is_missing_is_named(tried: Tried, tmp_path: Path) -> None:
    store = tried.store
    with pytest.raises(ObjectMissing):
        await content(store, f"{FOLDER}/none")
    with pytest.raises(ObjectMissing):
        await store.size(f"{FOLDER}/none")
    with pytest.raises(ObjectMissing):
        await store.download(f"{FOLDER}/none", tmp_path / "target")
    assert await store.list_objects(FOLDER) == []
    await store.delete_folder(FOLDER)


async def test_a_folder_is_listed_and_deleted(tried: Tried) -> None:
    store, other = tried.store, "o" * 32
    for path in (f"{FOLDER}/a", f"{FOLDER}/h/240p/00000.ts", f"{other}/a"):
        await store.put(path, b"12345", content_type="text/plain")
    listed = await store.list_objects(FOLDER)
    assert {(stored.path, stored.size) for stored in listed} == {(f"{FOLDER}/a", 5), (f"{FOLDER}/h/240p/00000.ts", 5)}
    assert all(stored.modified_at.tzinfo for stored in listed)
    assert len(await store.list_objects("")) == 3
    await store.delete_folder(FOLDER)
    assert await store.list_objects(FOLDER) == []
    assert await content(store, f"{other}/a") == b"12345"


async def test_an_address_of_the_store_gives_the_bytes_and_is_signed(tried: Tried) -> None:
    path = f"{FOLDER}/a.pdf"
    await tried.store.put(path, BYTES, content_type="application/pdf")
    address = await tried.store.address(path, seconds=60, filename="a b – c.pdf")
    if address is None:
        assert tried.store.name == "local"
        return
    answer = await tried.client.get(address)
    assert (answer.status_code, answer.content) == (200, BYTES)
    if tried.store.name == "s3":
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b%20%E2%80%93%20c.pdf"
    else:
        assert answer.headers["content-disposition"] == 'attachment; filename="a_b_c_pdf"'
    for changed in (address.replace("a.pdf", "b.pdf"), _other_signature(address)):
        assert (await tried.client.get(changed)).status_code in {401, 403, 404}


def _other_signature(address: str) -> str:
    """The signature is the end of the query, or a part of the path of 32 characters."""
    signature = address[-64:] if "X-Amz-Signature" in address else address.partition("s--")[2][:32]
    return address.replace(signature, signature[:-1] + ("0" if signature[-1] != "0" else "1"))


async def test_a_picture_is_there_in_every_size(tried: Tried) -> None:
    store, path = tried.store, f"{FOLDER}/{'e' * 32}"
    for size in LARGEST_FIRST:
        await store.put(picture_path(path, size), picture(IMAGE_SIZES[size]), content_type="image/webp")
    for size, side in IMAGE_SIZES.items():
        found = await content(store, picture_path(path, size))
        with Image.open(BytesIO(found)) as shown:
            assert (shown.format, max(shown.size)) == ("WEBP", side)
        assert await store.size(picture_path(path, size)) == len(found)
        if address := await store.address(picture_path(path, size), seconds=60):
            answer = await tried.client.get(address, headers={"Accept-Encoding": "identity"})
            assert answer.content == found
    await store.delete_folder(FOLDER)
    with pytest.raises(ObjectMissing):
        await store.size(picture_path(path, "small"))


def picture(side: int) -> bytes:
    target = BytesIO()
    Image.new("RGB", (side, side // 2), "teal").save(target, "WEBP")
    return target.getvalue()


async def test_a_multipart_upload_is_one_object(tried: Tried) -> None:
    store, path = tried.store, f"{FOLDER}/original"
    upload = await store.open_direct_upload(path, size=3_000_000_000_000, content_type="video/mp4")
    if upload is None or upload.protocol != "s3-multipart":
        return
    assert upload.part_size * 10_000 >= 3_000_000_000_000
    with pytest.raises(UploadIncomplete):
        await store.complete_direct_upload(path, upload.id)
    for part in await store.part_addresses(path, upload.id, [1, 2, 3, 5]):
        assert (await tried.client.put(part.url, content=bytes([part.number]) * 3)).status_code == 200
        assert (await tried.client.put(part.url.replace("partNumber", "partnumber"), content=b"x")).status_code == 403
    with pytest.raises(UploadIncomplete):
        await store.complete_direct_upload(path, upload.id)
    (part,) = await store.part_addresses(path, upload.id, [4])
    await tried.client.put(part.url, content=b"\x04" * 3)
    for _ in range(2):
        await store.complete_direct_upload(path, upload.id)
    assert await content(store, path) == bytes([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5])


async def test_an_aborted_upload_is_gone(tried: Tried) -> None:
    store, path = tried.store, f"{FOLDER}/original"
    upload = await store.open_direct_upload(path, size=1_000, content_type="video/mp4")
    if upload is None:
        return
    for _ in range(2):
        await store.abort_direct_upload(path, upload.id)
    with pytest.raises(UploadIncomplete):
        await store.complete_direct_upload(path, upload.id)
    assert await store.list_objects(FOLDER) == []


async def test_a_full_store_is_unavailable_and_keeps_the_file(tried: Tried, tmp_path: Path) -> None:
    file = tmp_path / "source"
    file.write_bytes(BYTES)
    tried.fill()
    with pytest.raises(StoreUnavailable) as error:
        await tried.store.put_moved(f"{FOLDER}/a", file, content_type="text/plain")
    assert error.value.reason
    assert file.read_bytes() == BYTES


async def test_a_store_that_is_down_is_unavailable(tried: Tried) -> None:
    tried.break_down()
    with pytest.raises(StoreUnavailable):
        await tried.store.put(f"{FOLDER}/a", b"x", content_type="text/plain")
    with pytest.raises(StoreUnavailable):
        await tried.store.check()


async def test_a_check_leaves_nothing(tried: Tried) -> None:
    await tried.store.check()
    assert await tried.store.list_objects("") == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secret_access_key": "wrong"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "AKIAOTHER"}, "SignatureDoesNotMatch"),
        ({"region": "us-east-1"}, "SignatureDoesNotMatch"),
        ({"bucket": "missing"}, "NoSuchBucket"),
    ],
)
async def test_a_wrong_setting_of_s3_is_named(changes: dict[str, str], reason: str) -> None:
    standin = S3Standin()
    with served(standin) as url:
        store = S3Store(signer_of(standin, url, **changes), client=httpx.AsyncClient(**PLAIN))
        with pytest.raises(StoreUnavailable) as refused:
            await store.check()
        assert reason in refused.value.reason
        with pytest.raises(StoreUnavailable) as refused:
            await store.open_direct_upload(f"{FOLDER}/a", size=1, content_type="video/mp4")
        assert reason in refused.value.reason
        await store.close()


async def test_an_unreachable_s3_is_unavailable() -> None:
    store = S3Store(signer_of(S3Standin(), "http://127.0.0.1:1"), client=httpx.AsyncClient(**PLAIN))
    with pytest.raises(StoreUnavailable):
        await store.open_direct_upload(f"{FOLDER}/a", size=1, content_type="video/mp4")
    with pytest.raises(StoreUnavailable):
        await store.check()
    await store.close()
