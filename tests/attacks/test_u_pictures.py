"""Uploads of pictures as docs/attacks.md lists them: hostile files are refused or encoded again."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import struct
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.support.classroom import Classroom, Person, refusal
from tests.support.pictures import CONTENT_TYPES, encoded, opened, part, picture, scratch_files, stored_files
from tests.support.raw_requests import get_raw

from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

# How many damaged pictures are sent; `make prove` sends more of them.
DAMAGED = 120 if os.environ.get("COURSIFY_PROVE") else 24
SCRIPT = b"<script>alert(1)</script>"
SVGS = [
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body/></foreignObject></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><use href="https://127.0.0.1/x.svg#a"/></svg>',
]


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def path(classroom: Classroom, teacher: Person) -> str:
    return f"/courses/{(await classroom.draft(teacher))['id']}/image"


@pytest.fixture(autouse=True)
async def nothing_is_left(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[None]:
    """Refused: nothing is stored. In every case the scratch folder is empty."""
    before = stored_files(settings)
    yield
    assert scratch_files(settings) == []
    if request.node.get_closest_marker("stores") is None:
        assert stored_files(settings) == before


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG whose header says this size, whatever its data is."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def gif() -> bytes:
    target = BytesIO()
    frames = [Image.new("P", (2, 2), number % 255) for number in range(200)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    return target.getvalue()


def tiff() -> bytes:
    target = BytesIO()
    Image.new("L", (9_000, 9_000)).save(target, "TIFF", compression="tiff_deflate")
    return target.getvalue()


def huge_jpeg() -> bytes:
    """A JPEG whose header says 65,535 × 65,535."""
    content = bytearray(picture("jpg"))
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = b"\xff\xff\xff\xff"
    return bytes(content)


@pytest.mark.parametrize("extension", ["php", "html", "svg", "xml", "exe", "png", "jpg", "webp"])
@pytest.mark.parametrize(
    "content",
    [b"<?php system($_GET['c']); ?>", b"<html>" + SCRIPT, SVGS[0], b"<?xml version='1.0'?>", b"MZ\x90\x00", b""],
)
async def test_U01_a_program_that_says_it_is_a_picture_is_415(
    teacher: Person, path: str, extension: str, content: bytes
) -> None:
    answer = await teacher.post(path, **part(content, name=f"a.{extension}", content_type="image/png"))
    assert refusal(answer) == (415, "picture_unsupported")


@pytest.mark.parametrize("declared", ["png", "jpg", "webp"])
@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "gif", ""])
@pytest.mark.parametrize("content", ["png", "jpg", "webp"])
async def test_U02_bytes_extension_and_declared_type_must_agree(
    request: pytest.FixtureRequest, teacher: Person, path: str, content: str, extension: str, declared: str
) -> None:
    files = part(picture(content), name=f"a.{extension}", content_type=CONTENT_TYPES[declared])
    if content == extension == declared:
        request.applymarker(pytest.mark.stores)
        assert (await teacher.post(path, **files)).status_code == 200
    else:
        assert refusal(await teacher.post(path, **files)) == (422, "picture_invalid")


@pytest.mark.parametrize("content_type", ["image/svg+xml", "image/gif", "text/html"])
async def test_U02_another_declared_type_is_415(teacher: Person, path: str, content_type: str) -> None:
    answer = await teacher.post(path, files={"file": ("a.png", picture(), content_type)})
    assert refusal(answer) == (415, "picture_unsupported")
    (detail,) = answer.json()["error"]["details"]
    assert detail["field"] == "file"
    assert ".webp as image/webp" in detail["message"]


@pytest.mark.parametrize("declared", ["application/octet-stream", ""])
@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "gif", ""])
@pytest.mark.parametrize("content", ["png", "jpg", "webp"])
async def test_U02_without_a_declared_type_bytes_and_extension_must_agree(
    request: pytest.FixtureRequest, teacher: Person, path: str, content: str, extension: str, declared: str
) -> None:
    if content == extension:
        request.applymarker(pytest.mark.stores)
    answer = await teacher.post(path, files={"file": (f"a.{extension}", picture(content), declared)})
    if content == extension:
        assert answer.status_code == 200
    else:
        assert refusal(answer) == (422, "picture_invalid")
        assert answer.json()["error"]["details"][0]["field"] == "file"


@pytest.mark.parametrize("content", SVGS)
@pytest.mark.parametrize("content_type", ["image/svg+xml", "image/png"])
async def test_U03_an_svg_is_415(teacher: Person, path: str, content: bytes, content_type: str) -> None:
    answer = await teacher.post(path, **part(content, name="a.svg", content_type=content_type))
    assert refusal(answer) == (415, "picture_unsupported")


async def test_U04_a_picture_over_the_limit_is_413(teacher: Person, path: str, settings: Settings) -> None:
    content = picture() + bytes(settings.media.max_image_bytes)
    assert refusal(await teacher.post(path, **part(content))) == (413, "body_too_large")


async def test_U04_a_picture_over_the_limit_is_413_without_a_length(
    teacher: Person, path: str, settings: Settings
) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        while sent < 10 * settings.media.max_image_bytes:
            sent += 65_536
            yield bytes(65_536)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await teacher.call("POST", path, headers=headers, content=body())
    assert refusal(answer) == (413, "body_too_large")
    assert sent <= settings.media.max_image_bytes + 2 * 65_536


def inflating_text() -> bytes:
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    return png_of(2, 2)[:-12] + text + chunk(b"IEND", b"")


# Made when they are sent: some take a second, and every process of the tests imports this file.
BOMBS: dict[str, tuple[Callable[[], bytes], str, int]] = {
    "30,000 × 30,000 in 40 KB": (lambda: png_of(30_000, 30_000, bytes(40_000_000)), "png", 422),
    "one row of 2 ** 31 pixels": (lambda: png_of(2**31 - 1, 1), "png", 422),
    "no pixel": (lambda: png_of(0, 0), "png", 422),
    "65,535 × 65,535": (huge_jpeg, "jpg", 422),
    "text that inflates": (inflating_text, "png", 422),
    "10,000 frames": (gif, "gif", 415),
    "TIFF": (tiff, "tiff", 415),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_U05_a_bomb_is_refused_within_a_second_and_100_mb(teacher: Person, path: str, name: str) -> None:
    make, extension, status = BOMBS[name]
    content = make()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    declared = CONTENT_TYPES.get(extension, f"image/{extension}")
    answer = await teacher.post(path, **part(content, name=f"a.{extension}", content_type=declared))
    assert answer.status_code == status
    after, spent = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    assert spent.ru_utime + spent.ru_stime - children.ru_utime - children.ru_stime <= 1
    assert after.ru_maxrss - own.ru_maxrss <= 100 * 1_024


@pytest.mark.stores
async def test_U05_only_the_first_frame_of_an_animation_counts(
    client: httpx.AsyncClient, teacher: Person, path: str
) -> None:
    frames = [Image.new("RGB", (600, 600), (number, 0, 0)) for number in range(100)]
    for extension in ("png", "webp"):
        content = encoded(frames[0], extension, save_all=True, append_images=frames[1:])
        answer = await teacher.post(path, **part(content, name=f"a.{extension}"))
        assert answer.status_code == 200, answer.text
        shown = opened((await client.get(answer.json()["data"]["imageUrl"])).content)
        assert getattr(shown, "n_frames", 1) == 1


@pytest.mark.stores
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "a\0.png",
        f"{'x' * 300}.png",
        "a\r\nSet-Cookie: a=b.png",
        "con.png",
        "\u202egnp.png",
        "..a.png",
    ],
)
async def test_U06_a_filename_reaches_neither_the_store_nor_a_header(
    client: httpx.AsyncClient, teacher: Person, path: str, settings: Settings, name: str
) -> None:
    before = stored_files(settings)
    quoted = name.encode().replace(b"\r", b"%0D").replace(b"\n", b"%0A")
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + quoted
    body += b'"\r\nContent-Type: image/png\r\n\r\n' + picture() + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await teacher.call("POST", path, headers=headers, content=body)
    assert answer.status_code == 200, answer.text
    names = {stored.rpartition("/")[2] for stored in stored_files(settings) - before}
    assert {len(name) for name in names} == {32 + len(f"-{size}.webp") for size in ("small", "medium", "large")}
    shown = await client.get(answer.json()["data"]["imageUrl"])
    assert "set-cookie" not in shown.headers
    assert "content-disposition" not in shown.headers


@pytest.mark.stores
async def test_U07_parallel_uploads_never_pass_the_limit(
    classroom: Classroom, teacher: Person, path: str, settings: Settings
) -> None:
    used = "SELECT count(*) FROM assets WHERE owner_id = %s AND status = 'uploading'"
    await classroom.db.execute(
        """
        INSERT INTO assets (owner_id, kind, path, filename, content_type, size_bytes, expires_at, created_at)
        SELECT %s, 'video', translate(uuidv7()::text, '-', ''), 'a.mp4', 'video/mp4', 1, now() + interval '1 day', now()
        FROM generate_series(1, %s)
        """,
        [teacher.id, settings.media.max_open_uploads],
    )
    answers = await asyncio.gather(*(teacher.post(path, **part(picture())) for _ in range(5)))
    assert {refusal(answer) for answer in answers} == {(429, "too_many_uploads")}
    assert await classroom.rows(used, teacher.id) == [(settings.media.max_open_uploads,)]


async def test_U08_a_course_of_somebody_else_takes_no_picture(
    classroom: Classroom, teacher: Person, path: str, settings: Settings
) -> None:
    published = f"/courses/{(await classroom.published(teacher))['id']}/image"
    rival, student, admin = [await classroom.person(role) for role in ("instructor", "student", "admin")]
    async with classroom.unchanged():
        assert refusal(await rival.post(path, **part(picture()))) == (404, "course_not_found")
        assert refusal(await rival.post(published, **part(picture()))) == (403, "not_your_course")
        assert refusal(await admin.post(path, **part(picture()))) == (403, "not_your_course")
        assert refusal(await student.post(path, **part(picture()))) == (403, "forbidden")
        assert refusal(await classroom.client.post(f"/api/v1{path}", **part(picture()))) == (401, "unauthorized")
        assert refusal(await rival.delete(path)) == (404, "course_not_found")
    assert await classroom.rows("SELECT * FROM assets") == []


@pytest.mark.stores
async def test_U11_metadata_is_not_served_and_the_picture_is_upright(
    client: httpx.AsyncClient, teacher: Person, path: str
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010E] = 6, "Ada Lovelace", "canary-7f3q"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    image = Image.new("RGB", (60, 30), "red")
    for extension in ("jpg", "png", "webp"):
        content = encoded(image, extension, exif=exif)
        assert b"canary-7f3q" in content
        answer = await teacher.post(path, **part(content, name=f"a.{extension}"))
        for url in answer.json()["data"]["imageSizes"].values():
            served = (await client.get(url)).content
            shown = opened(served)
            assert shown.size == (30, 60)
            assert not shown.getexif()
            assert b"canary" not in served
            assert b"Ada" not in served
            assert not {"exif", "xmp", "icc_profile"} & shown.info.keys()


@pytest.mark.parametrize("parts", [17, 10_000])
async def test_U12_many_parts_are_400_within_100_ms(teacher: Person, path: str, parts: int) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * parts + b"--b--\r\n"
    began = time.process_time()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await teacher.call("POST", path, headers=headers, content=body)
    assert refusal(answer) == (400, "malformed_form")
    assert time.process_time() - began <= 0.1


@pytest.mark.parametrize("address", ["https://127.0.0.1:1/a.png", "http://169.254.169.254/", "file:///etc/passwd"])
async def test_U13_an_address_instead_of_bytes_is_422(teacher: Person, path: str, address: str) -> None:
    answer = await teacher.post(path, files={"file": (None, address)})
    assert refusal(answer) == (422, "validation_failed")
    for field in ("url", "fileUrl", "remote", "imageUrl"):
        answer = await teacher.post(path, **part(picture()), data={field: address})
        assert refusal(answer) == (422, "validation_failed")
        assert {"field": field, "message": "is not a known field"} in answer.json()["error"]["details"]
    assert refusal(await teacher.post(path, {"file": address})) == (415, "form_required")


@pytest.mark.stores
async def test_U14_a_polyglot_is_served_without_its_second_half(
    client: httpx.AsyncClient, teacher: Person, path: str
) -> None:
    comment = chunk(b"tEXt", b"Comment\0" + SCRIPT)
    polyglots = [
        (picture() + SCRIPT, "png"),
        (picture()[:-12] + comment + picture()[-12:], "png"),
        (picture("jpg", comment=SCRIPT) + b"PK\x03\x04" + SCRIPT, "jpg"),
        (picture("webp") + b"%PDF-1.7 /JS" + SCRIPT, "webp"),
    ]
    for content, extension in polyglots:
        answer = await teacher.post(path, **part(content, name=f"a.{extension}"))
        assert answer.status_code == 200, answer.text
        for url in answer.json()["data"]["imageSizes"].values():
            served = await client.get(url)
            assert (served.headers["content-type"], served.headers["x-content-type-options"]) == (
                "image/webp",
                "nosniff",
            )
            assert "default-src 'none'" in served.headers["content-security-policy"]
            assert b"script" not in served.content
    assert refusal(await teacher.post(path, **part(b"GIF89a" + SCRIPT, name="a.gif"))) == (415, "picture_unsupported")


def mutations(seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged pictures: bytes flipped, cut out, doubled, or cut off."""
    generator = random.Random(seed)
    for number in range(DAMAGED):
        extension = ("png", "jpg", "webp")[number % 3]
        content = bytearray(encoded(Image.effect_noise((40, 30), 80).convert("RGB"), extension))
        for _ in range(generator.choice([1, 3, 20])):
            at = generator.randrange(8, len(content))
            match generator.randrange(4):
                case 0:
                    content[at] ^= 1 << generator.randrange(8)
                case 1:
                    del content[at : at + generator.randrange(1, 40)]
                case 2:
                    content[at:at] = content[at : at + generator.randrange(1, 40)]
                case _:
                    del content[at:]
            if len(content) < 20:
                break
        yield extension, bytes(content)


@pytest.mark.stores
@pytest.mark.slow
async def test_U14_damaged_pictures_are_refused_or_encoded_again(
    client: httpx.AsyncClient, teacher: Person, path: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    statuses: dict[int, int] = {}
    for extension, content in mutations(14):
        answer = await teacher.post(path, **part(content, name=f"a.{extension}"))
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if answer.status_code == 200:
            assert opened((await client.get(answer.json()["data"]["imageUrl"])).content).format == "WEBP"
    assert statuses.keys() <= {200, 415, 422}
    assert statuses[422] > DAMAGED // 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 100 * 1_024


@pytest.mark.stores
@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.replace("-medium", "%2dmedium"),
        lambda path: path.replace("/images/", "/images//"),
        lambda path: path.replace("/images/", "/images/../images/"),
        lambda path: path.replace("/images/", "/images/%2e%2e/images/"),
        lambda path: path.replace("/images/", "/images/x/"),
        lambda path: path.replace("-medium.webp", "-medium.webp;x"),
        lambda path: path.replace("-medium", "-huge"),
        lambda path: path.replace("-medium.webp", "-medium.webp/"),
        lambda path: path.replace("-medium.webp", "-medium.png"),
        lambda path: path.replace("-medium.webp", "-medium.webp%00"),
        lambda path: path.replace("-medium.webp", "-medium.webp%0a"),
        lambda path: path.rpartition("/")[0] + "/original",
        lambda path: path.rpartition("/")[0] + "/",
        lambda path: path.upper(),
        lambda path: path.replace("/images/", "/images/..%2f"),
        lambda path: path.replace("/media/", "/media/./"),
    ],
)
async def test_U14_only_the_exact_address_of_a_picture_has_bytes(teacher: Person, path: str, change: Any) -> None:
    url = (await teacher.post(path, **part(picture()))).json()["data"]["imageUrl"]
    transport = teacher.client._transport  # the application, as the client calls it
    assert isinstance(transport, httpx.ASGITransport)
    answer = await get_raw(transport.app, change(url.removeprefix("http://testserver")))
    assert (answer.status, b"RIFF" in answer.content) == (404, False)
