"""tus 1.0: offsets, odd headers, broken connections, concurrent writers, expiry."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.classroom import refusal
from tests.support.films import BODY, TUS, Studio, mp4

from coursify import app as application
from coursify.core.http.multipart import SCRATCH_PREFIX
from coursify.core.settings import Settings
from coursify.modules.media.jobs import release_expired_uploads_job
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services import append_to_upload, complete_upload
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

FILM = mp4()
Upload = Callable[[int, bytes], Awaitable[Any]]


async def test_a_server_of_tus_says_what_it_can_do(studio: Studio) -> None:
    answer = await studio.client.options(await studio.begin(10))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "expiration,checksum,termination"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"


async def test_an_upload_arrives_in_pieces(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    path = await studio.begin(len(FILM))
    head = await studio.client.head(path, headers=TUS)
    assert head.headers["Upload-Length"] == str(len(FILM))
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert head.content == b""
    expires = parsedate_to_datetime(head.headers["Upload-Expires"])
    assert expires.replace(tzinfo=expires.tzinfo) == (await studio.asset("date_trunc('second', expires_at)"))
    for start in range(0, len(FILM), 5_000):
        assert await studio.offset(path) == start
        piece = FILM[start : start + 5_000]
        answer = await studio.send(path, start, piece)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(start + len(piece)))
    assert await studio.offset(path) == len(FILM)
    assert (await studio.send(path, len(FILM), b"")).status_code == 204
    assert refusal(await studio.client.delete(path, headers=TUS)) == (404, "upload_not_found")
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


async def test_odd_requests_are_refused_and_change_nothing(studio: Studio) -> None:
    path = await studio.begin(1_000)
    await studio.send(path, 0, b"x" * 100)

    async def patch(headers: dict[str, str], body: Any = b"y" * 10) -> tuple[int, str]:
        answer = await studio.client.patch(path, content=body, headers=headers)
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        return refusal(answer)

    right = BODY | {"Upload-Offset": "100"}
    without = {name: value for name, value in right.items() if name != "Tus-Resumable"}
    assert await patch(without) == (412, "unsupported_tus_version")
    assert await patch(right | {"Tus-Resumable": "0.2.2"}) == (412, "unsupported_tus_version")
    assert await patch(right | {"Content-Type": "video/mp4"}) == (415, "offset_stream_required")
    assert await patch(right | {"Content-Encoding": "gzip"}) == (415, "offset_stream_required")
    for offset in ("", "-1", "1e2", "100.0", " ", "0x64", "9" * 30):
        assert await patch(right | {"Upload-Offset": offset}) == (400, "invalid_upload_header"), offset
    assert await patch(BODY) == (400, "invalid_upload_header")
    for offset in ("0", "99", "101", "1000", "999999999999"):
        assert await patch(right | {"Upload-Offset": offset}) == (409, "upload_offset_mismatch"), offset
    assert await patch(right, b"y" * 901) == (413, "body_too_large")
    for checksum in ("md5 " + base64.b64encode(b"x" * 16).decode(), "sha256", "sha256 !!!", "sha1 AAAA"):
        assert await patch(right | {"Upload-Checksum": checksum}) == (400, "invalid_upload_header"), checksum
    assert (await studio.client.head(path)).status_code == 412
    assert await studio.offset(path) == 100


async def test_a_chunked_body_beyond_the_size_is_not_kept(studio: Studio) -> None:
    path = await studio.begin(3_000_000)

    async def too_much() -> AsyncIterator[bytes]:
        for _number in range(4):
            yield b"x" * 1_000_000

    assert refusal(await studio.send(path, 0, too_much())) == (413, "body_too_large")
    assert await studio.offset(path) == 0


async def test_a_wrong_checksum_keeps_nothing_and_a_right_one_everything(studio: Studio) -> None:
    path = await studio.begin(1_000)
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other", usedforsecurity=False).digest()).decode()
    assert refusal(await studio.send(path, 0, b"x" * 10, **{"Upload-Checksum": wrong})) == (460, "checksum_mismatch")
    assert await studio.offset(path) == 0
    right = "sha256 " + base64.b64encode(hashlib.sha256(b"x" * 10).digest()).decode()
    assert (await studio.send(path, 0, b"x" * 10, **{"Upload-Checksum": right})).status_code == 204
    assert await studio.offset(path) == 10


async def test_a_client_that_can_only_post_tunnels_its_methods(studio: Studio) -> None:
    path = await studio.begin(1_000)

    async def post(method: str, **headers: str) -> Any:
        sent = BODY | {"X-HTTP-Method-Override": method} | headers
        return await studio.client.post(path, content=b"x" * 10 if method == "PATCH" else b"", headers=sent)

    assert (await post("PATCH", **{"Upload-Offset": "0"})).status_code == 204
    assert (await post("HEAD")).headers["Upload-Offset"] == "10"
    assert refusal(await post("PUT")) == (405, "method_not_allowed")
    assert (await post("DELETE")).status_code == 204
    assert (await studio.client.head(path, headers=TUS)).status_code == 404


async def test_a_canceled_upload_leaves_nothing(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    path = await studio.begin(1_000)
    await studio.send(path, 0, b"x" * 10)
    assert (await studio.client.delete(path, headers=TUS)).status_code == 204
    assert await studio.video() is None
    await run_jobs()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]
    assert await studio.video() is None


@pytest.mark.parametrize("token", ["x", "x" * 43, "..%2f..%2fetc", "a" * 100, "%00" * 10])
async def test_an_unknown_address_is_a_404(studio: Studio, token: str) -> None:
    assert (await studio.client.head(f"/media/uploads/{token}", headers=TUS)).status_code == 404
    assert (await studio.send(f"/media/uploads/{token}", 0, b"x")).status_code == 404


async def test_the_address_is_stored_as_a_hash_only(studio: Studio) -> None:
    token = (await studio.begin(10)).rpartition("/")[2]
    [(row,)] = await studio.classroom.rows("SELECT assets::text FROM assets")
    assert len(token) == 43
    assert token not in row
    assert hashlib.sha256(token.encode()).hexdigest() in row


async def test_what_arrived_before_a_connection_broke_is_kept(
    studio: Studio, app: FastAPI, settings: Settings, run_jobs: RunJobs, scratch: Path
) -> None:
    path = await studio.begin(len(FILM))
    half = len(FILM) // 2
    sent = [
        {"type": "http.request", "body": FILM[:half], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return sent.pop(0)

    async def send(message: Any) -> None:
        del message

    headers = BODY | {"Upload-Offset": "0", "Host": "testserver"}
    await application.wrap(app, settings)(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "PATCH",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        },
        receive,
        send,
    )
    assert await studio.offset(path) == half
    assert (await studio.send(path, half, FILM[half:])).status_code == 204
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


async def test_one_request_at_a_time_writes(studio: Studio) -> None:
    path = await studio.begin(1_000)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"a" * 10
        began.set()
        await go_on.wait()
        yield b"b" * 10

    first = asyncio.create_task(studio.send(path, 0, slowly()))
    await began.wait()
    assert refusal(await studio.send(path, 0, b"c" * 10)) == (423, "upload_locked")
    assert refusal(await studio.client.delete(path, headers=TUS)) == (423, "upload_locked")
    go_on.set()
    assert (await first).headers["Upload-Offset"] == "20"
    assert await studio.offset(path) == 20


async def test_ten_requests_with_the_same_bytes_write_them_once(studio: Studio) -> None:
    path = await studio.begin(len(FILM))
    answers = await asyncio.gather(*(studio.send(path, 0, FILM) for _number in range(10)))
    assert {answer.status_code for answer in answers} <= {204, 409, 423}
    assert 204 in {answer.status_code for answer in answers}
    assert await studio.asset() == "processing"
    assert await studio.classroom.rows(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'media.transcode_video'"
    ) == [(1,)]


async def test_a_full_disk_is_named_and_what_has_arrived_stays(
    studio: Studio, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, scratch: Path
) -> None:
    path = await studio.begin(len(FILM))
    await studio.send(path, 0, FILM[:1_000])
    write = append_to_upload.os.pwrite

    def half(handle: int, data: Any, offset: int) -> int:
        if offset >= 2_000:
            raise OSError(28, "No space left on device")
        return write(handle, data[: 2_000 - offset], offset)

    with monkeypatch.context() as patch:
        patch.setattr(append_to_upload.os, "pwrite", half)
        assert refusal(await studio.send(path, 1_000, FILM[1_000:])) == (507, "no_space_left")
    assert await studio.offset(path) == 2_000
    assert (await studio.send(path, 2_000, FILM[2_000:])).status_code == 204
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


@pytest.mark.parametrize("step", ["_move_to_store", "_store_outcome"])
async def test_a_crash_while_completing_is_finished_by_the_next_head(
    studio: Studio, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, scratch: Path, step: str
) -> None:
    path = await studio.begin(len(FILM))

    async def crash(*_arguments: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(complete_upload, step, crash)
        assert (await studio.send(path, 0, FILM)).status_code == 500
    assert await studio.asset() == "uploading"
    assert await studio.offset(path) == len(FILM)
    assert await studio.asset() == "processing"
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


@pytest.mark.parametrize("step", ["_move_to_store", "_store_outcome"])
async def test_a_whole_file_is_completed_by_the_hourly_job(
    studio: Studio, resources: Resources, monkeypatch: pytest.MonkeyPatch, step: str, clock_file: Path
) -> None:
    path = await studio.begin(len(FILM))

    async def crash(*_arguments: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(complete_upload, step, crash)
        await studio.send(path, 0, FILM)
    clock_file.write_text("90000")
    await release_expired_uploads_job(resources)
    assert await studio.asset() == "processing"


async def test_an_abandoned_upload_is_removed_after_a_day(
    studio: Studio, resources: Resources, run_jobs: RunJobs, clock_file: Path, scratch: Path
) -> None:
    path = await studio.begin(1_000)
    await studio.send(path, 0, b"x" * 10)
    await release_expired_uploads_job(resources)
    assert await studio.offset(path) == 10
    clock_file.write_text("86400")
    assert (await studio.client.head(path, headers=TUS)).status_code == 404
    assert (await studio.send(path, 10, b"x")).status_code == 404
    await release_expired_uploads_job(resources)
    await run_jobs()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]


async def test_files_of_assets_that_are_gone_are_swept(
    studio: Studio, resources: Resources, db: Any, scratch: Path, settings: Settings
) -> None:
    path = await studio.begin(1_000)
    await studio.send(path, 0, b"x" * 10)
    work = Scratch(settings.media.media_scratch_folder).transcode(await studio.asset("id"))
    work.mkdir(parents=True)
    (work / "half.ts").write_bytes(b"x")
    await db.execute("DELETE FROM lesson_videos")
    await db.execute("DELETE FROM assets")
    await release_expired_uploads_job(resources)


async def test_what_a_killed_process_left_of_a_form_is_swept(
    resources: Resources, settings: Settings, scratch: Path
) -> None:
    scratch.mkdir(exist_ok=True)
    old, new = scratch / f"{SCRATCH_PREFIX}old", scratch / f"{SCRATCH_PREFIX}new"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    await release_expired_uploads_job(resources)
    assert (old.exists(), new.exists()) == (False, True)
    new.unlink()


async def test_the_unfinished_uploads_of_an_erased_instructor_are_released(
    studio: Studio, run_jobs: RunJobs, scratch: Path
) -> None:
    await studio.upload(FILM, filename="Ada's film.MP4")
    await run_jobs()
    await studio.send(await studio.begin(1_000), 0, b"x" * 10)
    assert (await studio.owner.delete(f"/users/{studio.owner.id}")).status_code == 202
    await run_jobs()
    assert await studio.classroom.rows("SELECT status, filename FROM assets") == [("ready", "erased.mp4")]


async def test_limits_hold_for_uploads_that_begin_at_once(studio: Studio, settings: Settings) -> None:
    lessons = [await studio.classroom.lesson(studio.owner, studio.course) for _number in range(24)]
    body = {"filename": "one.mp4", "size": 100, "type": "video/mp4"}

    async def begin(lesson_id: str) -> int:
        path = f"/courses/{studio.course['id']}/lessons/{lesson_id}/video/upload"
        return (await studio.owner.post(path, body)).status_code

    codes = await asyncio.gather(*(begin(lesson["id"]) for lesson in lessons))
    assert sorted(codes).count(201) <= settings.media.max_open_uploads == 20
    assert set(codes) <= {201, 429, 503}
    assert await studio.classroom.rows("SELECT count(*) <= 20 FROM assets") == [(True,)]
