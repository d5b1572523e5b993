"""A video is uploaded, transcoded and becomes what its lesson plays."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from tests.support.classroom import Classroom, Person
from tests.support.films import Studio, ffmpeg, mp4, webm

from coursify.core.settings import Settings
from coursify.modules.courses.services.attach_video import attach_video
from coursify.modules.media.sealing import SEGMENT_KEY
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def store_folder(settings: Settings) -> Path:
    assert settings.media.media_folder
    return settings.media.media_folder


async def test_an_uploaded_video_becomes_the_lessons_video(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    film = mp4()
    assert await studio.video() is None
    path = await studio.begin(len(film))
    assert (await studio.video())["status"] == "uploading"  # type: ignore[index]
    assert (await studio.send(path, 0, film)).headers["Upload-Offset"] == str(len(film))
    assert (await studio.video())["status"] == "processing"  # type: ignore[index]
    assert (await studio.shown())["videoUrl"] is None
    await run_jobs()
    lesson = await studio.shown()
    assert lesson["video"] == {
        "status": "ready",
        "progress": 100,
        "durationSeconds": 2,
        "captions": [],
        "reason": None,
    }
    assert lesson["videoUrl"] == f"/api/v1{studio.path}/playback"
    assert lesson["durationSeconds"] == 2
    course = (await studio.owner.get(f"/courses/{studio.course['id']}")).json()["data"]
    assert course["durationSeconds"] == 2


@pytest.mark.slow
async def test_segments_are_encrypted_with_sealed_keys_and_decode(
    studio: Studio, run_jobs: RunJobs, resources: Resources, store_folder: Path, tmp_path: Path, scratch: Path
) -> None:
    await studio.upload(mp4(32, size="160x120"))
    await run_jobs()
    [(asset_id, path, hls_folder)] = await studio.classroom.rows("SELECT id, path, hls_folder FROM assets")
    [(name, width, height, codecs, lengths)] = await studio.classroom.rows(
        "SELECT name, width, height, codecs, segment_milliseconds FROM renditions"
    )
    assert (name, width, height) == ("120p", 160, 120)
    assert codecs.startswith("avc1.64")
    assert codecs.endswith(",mp4a.40.2")
    assert len(lengths) == 6
    assert all(abs(length - 6_000) < 200 for length in lengths[:5])
    keys = await studio.classroom.rows("SELECT id, number, sealed_key FROM segment_keys ORDER BY number")
    assert [number for _id, number, _sealed in keys] == [0, 1]
    clear = b""
    for number in range(len(lengths)):
        key_id, _number, sealed = keys[number // 5]
        key = resources.sealer.open(sealed, associated_data=SEGMENT_KEY.for_row(key_id))
        iv = hashlib.sha256(f"{path}/{name}/{number}".encode()).digest()[:16]
        encrypted = (store_folder / path / hls_folder / name / f"{number:05d}.ts").read_bytes()
        assert b"\x00\x00\x01\x67" not in encrypted
        decryptor, unpadder = Cipher(AES(key), CBC(iv)).decryptor(), PKCS7(128).unpadder()
        clear += unpadder.update(decryptor.update(encrypted) + decryptor.finalize()) + unpadder.finalize()
    (tmp_path / "all.ts").write_bytes(clear)
    decoded = await asyncio.create_subprocess_exec(
        *(ffmpeg(), "-v", "error", "-i", tmp_path / "all.ts", "-f", "null", "-"), stderr=asyncio.subprocess.PIPE
    )
    assert await decoded.communicate() == (None, b"")
    assert decoded.returncode == 0
    poster = (store_folder / path / "poster.webp").read_bytes()
    assert poster[8:12] == b"WEBP"
    assert str(asset_id) not in (await studio.owner.get(studio.path)).text


async def test_a_large_video_has_three_renditions_with_the_same_segments(studio: Studio, run_jobs: RunJobs) -> None:
    await studio.upload(mp4(1, size="1280x720", sound=False))
    await run_jobs()
    rows = await studio.classroom.rows(
        "SELECT name, width, height, codecs LIKE '%%mp4a%%', cardinality(segment_milliseconds) FROM renditions "
        "ORDER BY height DESC"
    )
    assert rows == [("720p", 1280, 720, False, 1), ("480p", 854, 480, False, 1), ("360p", 640, 360, False, 1)]


async def test_a_webm_video_is_transcoded_too(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    await studio.upload(webm(), filename="One.WEBM", kind="video/webm")
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "Application/Octet-Stream; charset=binary"])
async def test_the_part_of_a_form_need_not_declare_the_type_of_its_video(
    studio: Studio, scratch: Path, kind: str
) -> None:
    assert (await studio.form("one.mp4", mp4(1), kind)).status_code == 202
    assert await studio.asset("content_type") == "video/mp4"
    assert (await studio.form("one.webm", webm(1), kind)).status_code == 202
    assert await studio.asset("content_type") == "video/webm"


async def test_a_small_video_is_sent_in_one_form(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    answer = await studio.form("one.mp4", mp4(), "video/mp4")
    assert answer.status_code == 202, answer.text
    assert answer.json()["data"]["status"] == "processing"
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


@pytest.mark.slow
async def test_a_new_video_replaces_the_old_one_when_it_is_ready(
    studio: Studio, run_jobs: RunJobs, store_folder: Path, scratch: Path
) -> None:
    await studio.upload(mp4())
    await run_jobs()
    old = await studio.asset("path")
    await studio.upload(mp4(3))
    lesson = await studio.shown()
    assert lesson["video"]["status"] == "processing"
    assert lesson["videoUrl"] is not None
    assert (store_folder / old / "original").exists()
    await run_jobs()
    assert (await studio.shown())["durationSeconds"] == 3
    assert not (store_folder / old).exists()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(1,)]


async def test_a_second_upload_gives_the_first_one_up(studio: Studio, run_jobs: RunJobs, scratch: Path) -> None:
    film = mp4()
    first = await studio.begin(len(film))
    await studio.send(first, 0, film[:1_000])
    second = await studio.begin(len(film))
    assert (await studio.send(first, 1_000, film[1_000:])).status_code == 404
    await studio.send(second, 0, film)
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]
    await run_jobs()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(1,)]


async def test_a_lesson_with_a_ready_video_is_complete(
    studio: Studio, run_jobs: RunJobs, admin: Person, classroom: Classroom
) -> None:
    submit = f"/courses/{studio.course['id']}/submit"
    assert (await studio.owner.post(submit)).status_code == 409
    await studio.upload(mp4())
    assert (await studio.owner.post(submit)).status_code == 409
    await run_jobs()
    assert (await studio.owner.post(submit)).status_code == 200
    assert (await admin.post(f"/admin/courses/{studio.course['id']}/approve")).status_code == 200
    refused = await studio.owner.delete(f"{studio.path}/video")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "lesson_empty")
    student = await classroom.person("student")
    await classroom.enroll(student, studio.course)
    lesson = await studio.shown(student)
    assert lesson["video"] is None
    assert lesson["videoUrl"] == f"/api/v1{studio.path}/playback"


async def test_a_deleted_video_leaves_nothing(studio: Studio, run_jobs: RunJobs, store_folder: Path) -> None:
    await studio.upload(mp4())
    await run_jobs()
    path = await studio.asset("path")
    assert (await studio.owner.delete(f"{studio.path}/video")).status_code == 200
    assert (await studio.shown())["videoUrl"] is None
    await run_jobs()
    assert not (store_folder / path).exists()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]
    assert (await studio.owner.delete(f"{studio.path}/video")).json()["error"]["code"] == "video_not_found"


async def test_a_deleted_lesson_releases_its_video(studio: Studio, run_jobs: RunJobs) -> None:
    await studio.upload(mp4())
    assert (await studio.owner.delete(studio.path)).status_code == 200
    await run_jobs()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]


async def test_only_the_owner_uploads(studio: Studio, classroom: Classroom, student: Person, admin: Person) -> None:
    stranger = await classroom.person("instructor")
    body = {"filename": "one.mp4", "size": 100, "type": "video/mp4"}
    for person, expected in ((stranger, 404), (student, 403), (admin, 403)):
        for answer in (
            await person.post(f"{studio.path}/video/upload", body),
            await person.call("POST", f"{studio.path}/video", files={"file": ("one.mp4", b"x" * 100, "video/mp4")}),
            await person.delete(f"{studio.path}/video"),
        ):
            assert answer.status_code == expected, answer.text
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]


async def test_a_video_is_ready_for_its_author_when_the_lesson_plays_it(studio: Studio, resources: Resources) -> None:
    """Between the last transaction of transcoding and the job that attaches the video, learners would get 409."""
    await studio.upload(mp4())
    await transcode_video(resources, asset_id=await studio.asset("id"))
    assert await studio.asset() == "ready"
    assert (await studio.video() or {})["status"] == "processing"
    await attach_video(resources.database, asset_id=await studio.asset("id"))
    assert (await studio.video() or {})["status"] == "ready"
