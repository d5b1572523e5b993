"""U: hostile uploads of videos and attachments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.classroom import Classroom, refusal
from tests.support.films import Studio, files_below, make, mp4, webm

from coursify.modules.media.jobs import release_expired_uploads_job
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("filename", "kind"),
    [
        ("one.php", "video/mp4"),
        ("one.mp4", "video/webm"),
        ("one.webm", "video/mp4"),
        ("one.mp4", "text/html"),
        ("one.mp4.html", "video/mp4"),
        ("one.svg", "image/svg+xml"),
        ("mp4", "video/mp4"),
        ("one.mov", "video/quicktime"),
    ],
)
async def test_U02_a_name_and_a_type_that_do_not_agree_are_refused(studio: Studio, filename: str, kind: str) -> None:
    assert refusal(await studio.announce(100, filename=filename, kind=kind)) == (415, "unsupported_file_type")
    assert await studio.asset() is None


@pytest.mark.parametrize(
    "content",
    [
        b"<?php system($_GET['c']); ?>" * 20,
        b"<html><script>alert(1)</script></html>" * 20,
        b"MZ" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n" * 20,
        b"ffconcat version 1.0\nfile /etc/passwd\n" * 20,
        bytes(500),
        b"\x00\x00\x00\x18ftypheic" + bytes(500),
        b"\x00\x00\x00\x18ftypM4A " + bytes(500),
    ],
)
async def test_U02_content_that_is_no_video_is_rejected(
    studio: Studio,
    scratch: Path,
    content: bytes,
) -> None:
    path = await studio.begin(len(content))
    assert refusal(await studio.send(path, 0, content)) == (415, "unsupported_file_type")
    video = await studio.video()
    assert video is not None
    assert video["status"] == "rejected"
    assert "Export the video again" in video["reason"]
    assert refusal(await studio.send(path, 0, content)) == (404, "upload_not_found")


@pytest.mark.parametrize(
    ("filename", "kind", "content"),
    [
        ("one.webm", "", mp4(1)),
        ("one.mp4", "application/octet-stream", webm(1)),
        ("one.mp4", "", b"MZ" + bytes(500)),
        ("one.php", "", mp4(1)),
        ("mp4", "application/octet-stream", mp4(1)),
        ("one.mp4", "video/webm", mp4(1)),
        ("one.mp4", "text/html", mp4(1)),
    ],
)
async def test_U02_in_a_form_bytes_extension_and_a_declared_type_must_agree(
    studio: Studio, scratch: Path, filename: str, kind: str, content: bytes
) -> None:
    answer = await studio.form(filename, content, kind)
    assert refusal(answer) == (415, "unsupported_file_type")
    assert answer.json()["error"]["details"] == [
        {"field": "file", "message": "must be a video: .mp4 as video/mp4 or .webm as video/webm"}
    ]
    assert await studio.asset() in {None, "rejected"}
    assert files_below(scratch) == []


async def test_U09_what_a_client_adds_is_refused(studio: Studio) -> None:
    body = {"filename": "one.mp4", "size": 100, "type": "video/mp4"}
    for name in ("eager", "notification_url", "overwrite", "public_id", "folder", "path", "ownerId"):
        assert refusal(await studio.owner.post(f"{studio.path}/video/upload", body | {name: "x"}))[0] == 422
    for size in (0, -1, 1.5, "100", True, 2**41):
        assert refusal(await studio.owner.post(f"{studio.path}/video/upload", body | {"size": size}))[0] == 422
    assert refusal(await studio.announce(100, kind="")) == (422, "validation_failed")
    assert refusal(await studio.announce(2**40)) == (413, "file_too_large")
    assert await studio.asset() is None


async def test_U08_an_upload_for_the_lesson_of_another_course_is_a_404(studio: Studio, classroom: Classroom) -> None:
    other = await classroom.draft(studio.owner)
    path = f"/courses/{other['id']}/lessons/{studio.lesson['id']}/video/upload"
    body = {"filename": "one.mp4", "size": 100, "type": "video/mp4"}
    assert refusal(await studio.owner.post(path, body)) == (404, "lesson_not_found")
    assert await studio.asset() is None


async def test_U10_an_announced_upload_that_never_ends_is_swept(
    studio: Studio, resources: Resources, run_jobs: RunJobs, clock_file: Path, scratch: Path
) -> None:
    await studio.send(await studio.begin(1_000), 0, b"x" * 10)
    clock_file.write_text("86401")
    await release_expired_uploads_job(resources)
    await run_jobs()
    assert await studio.asset() is None


def hostile(number: int) -> bytes:
    """A video with damage that depends on the number: cut, overwritten, swapped, stretched."""
    film = bytearray(mp4(1) if number % 2 else webm(1))
    start, kind = 16 + number * 37 % (len(film) - 64), number % 5
    if kind == 0:
        del film[start:]
    elif kind == 1:
        film[start : start + 40] = b"\xff" * 40
    elif kind == 2:
        film[start : start + 8] = bytes(8)
    elif kind == 3:
        film += film[start:] * 3
    else:
        for place in range(start, len(film), 97):
            film[place] ^= 0x55
    return bytes(film)


# 198: a first segment without a frame for the poster.
@pytest.mark.parametrize("number", range(300) if os.environ.get("COURSIFY_PROVE") else [*range(12), 198])
async def test_U14_a_damaged_video_is_played_or_rejected(
    studio: Studio,
    run_jobs: RunJobs,
    scratch: Path,
    number: int,
) -> None:
    film = hostile(number * 13)
    name, kind = ("one.mp4", "video/mp4") if number * 13 % 2 else ("one.webm", "video/webm")
    answer = await studio.send(await studio.begin(len(film), filename=name, kind=kind), 0, film)
    assert answer.status_code in {204, 415}
    await run_jobs()
    video = await studio.video()
    assert video is not None
    assert video["status"] in {"ready", "rejected"}
    assert (video["reason"] is None) == (video["status"] == "ready")
    assert await studio.classroom.rows("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'") == [(0,)]


async def test_U14_sound_alone_and_pictures_of_absurd_sizes_are_rejected(
    studio: Studio,
    run_jobs: RunJobs,
    scratch: Path,
) -> None:
    sound = make("-f", "lavfi", "-i", "sine", "-t", "1", "-c:a", "aac", "-f", "mp4", "-brand", "isom", extension="mp4")
    await studio.upload(sound)
    await run_jobs()
    assert "no video stream" in (await studio.video())["reason"]  # type: ignore[index]
    tiny = make("-f", "lavfi", "-i", "color=size=8x8", "-t", "1", "-c:v", "libvpx", extension="webm")
    await studio.upload(tiny, filename="a.webm", kind="video/webm")
    await run_jobs()
    assert "8 × 8 pixels" in (await studio.video())["reason"]  # type: ignore[index]


async def test_U06_names_of_files_cannot_break_a_header(studio: Studio, run_jobs: RunJobs) -> None:
    for name in (
        "../../etc/passwd.pdf",
        'a";b="c.pdf',
        "con.pdf",
        "наука ✓.pdf",
        "x" * 300 + ".pdf",
        "a\u202efdp.exe.pdf",
    ):
        answer = await studio.form(name, b"%PDF-1.7 " + bytes(50), "application/pdf", to="attachments")
        assert answer.status_code == 201, answer.text
        download = await studio.client.get(
            answer.json()["data"]["url"], headers={"Authorization": f"Bearer {studio.owner.token}"}
        )
        disposition = download.headers["Content-Disposition"]
        assert disposition.startswith('attachment; filename="')
        assert disposition.count('"') == 2
        assert "/" not in disposition
        assert disposition.isascii()


@pytest.mark.parametrize(
    ("filename", "kind", "content"),
    [
        ("page.html", "text/html", b"<html>"),
        ("page.svg", "image/svg+xml", b"<svg/>"),
        ("run.exe", "application/octet-stream", b"MZ"),
        ("paper.pdf", "application/pdf", b"<html>"),
        ("paper.pdf", "text/html", b"%PDF-1.7"),
        ("files.zip", "application/zip", b"%PDF-1.7"),
        ("notes.txt", "text/plain", b"MZ\x00\x00"),
        ("empty.pdf", "application/pdf", b""),
        ("pdf", "application/pdf", b"%PDF-1.7"),
        ("paper.pdf", "", b"<html>"),
        ("paper.pdf", "application/octet-stream", b"PK\x03\x04"),
        ("paper", "", b"%PDF-1.7"),
    ],
)
async def test_U01_a_file_that_is_no_accepted_attachment_is_refused(
    studio: Studio,
    scratch: Path,
    filename: str,
    kind: str,
    content: bytes,
) -> None:
    answer = await studio.form(filename, content, kind, to="attachments")
    assert refusal(answer) == (415, "unsupported_file_type")
    (detail,) = answer.json()["error"]["details"]
    assert detail["field"] == "file"
    assert "pdf, zip, epub" in detail["message"]
    assert await studio.asset() is None
    assert files_below(scratch) == []
