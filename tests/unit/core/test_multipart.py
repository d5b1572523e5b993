"""Forms with one file: what is accepted, what is rejected and how soon, and that no scratch file is left."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from coursify.core.errors import AppError, BodyIncomplete, FormRequired, Invalid, MalformedForm, NoSpaceLeft, TooLarge
from coursify.core.http import multipart
from coursify.core.http.multipart import read_form
from coursify.core.text import clean_filename

pytestmark = pytest.mark.anyio

BOUNDARY = "frontier"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
LIMIT = 100_000


def part(name: str, content: bytes = b"x", *, filename: str | None = None, headers: str = "") -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{headers}\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
PICTURE = part("file", b"\x00\r\n--front\r\nbytes", filename="a.png", headers="Content-Type: image/PNG\r\n")


def request_of(body: bytes, content_type: str | None = FORM, *, pieces: int = 4_096, **headers: str) -> Request:
    """A request whose body arrives in pieces."""
    sent = [(b"content-type", content_type.encode("latin-1"))] if content_type is not None else []
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    chunks = [body[at : at + pieces] for at in range(0, len(body), pieces)] or [b""]

    async def messages() -> AsyncIterator[dict[str, Any]]:
        for chunk in chunks:
            yield {"type": "http.request", "body": chunk, "more_body": True}
        yield {"type": "http.request", "body": b"", "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": sent}, messages().__anext__)


async def read(request: Request, scratch: Path) -> tuple[dict[str, str], str, str, bytes]:
    async with read_form(request, scratch=scratch, max_file_bytes=LIMIT, fields=frozenset({"altText"})) as form:
        assert form.file.size == form.file.path.stat().st_size
        return form.fields, form.file.filename, form.file.content_type, form.file.path.read_bytes()


async def refusal(request: Request, scratch: Path) -> AppError:
    with pytest.raises(AppError) as refused:
        await read(request, scratch)
    assert list(scratch.iterdir()) == []
    return refused.value


@pytest.mark.parametrize("pieces", [1, 7, 64, 100_000])
async def test_a_form_is_read_in_pieces_of_any_size(tmp_path: Path, pieces: int) -> None:
    body = part("altText", "Ünïcode".encode()) + PICTURE + END
    fields, filename, content_type, content = await read(request_of(body, pieces=pieces), tmp_path)
    assert (fields, filename, content_type) == ({"altText": "Ünïcode"}, "a.png", "image/png")
    assert content == b"\x00\r\n--front\r\nbytes"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("headers", ["", "Content-Type: \r\n", "Content-Type: application/Octet-Stream; x=y\r\n"])
async def test_a_part_of_no_known_type_declares_nothing(tmp_path: Path, headers: str) -> None:
    _fields, _name, content_type, _content = await read(
        request_of(part("file", filename="a.png", headers=headers) + END), tmp_path
    )
    assert content_type == ""


async def test_a_file_may_be_moved_away(tmp_path: Path) -> None:
    async with read_form(request_of(PICTURE + END), scratch=tmp_path, max_file_bytes=LIMIT) as form:
        form.file.path.rename(tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (part("altText") + END, "file", "is required"),
        (END, "file", "is required"),
        (PICTURE + part("color") + END, "color", "is not a known field"),
        (part("image", filename="a.png") + END, "image", "is not a known field"),
        (part("file", b"https://127.0.0.1/a.png") + END, "file", "must be a file, not text"),
        (PICTURE + PICTURE + END, "file", "is given more than once"),
        (part("altText") + PICTURE + part("altText") + END, "altText", "is given more than once"),
        (PICTURE + part("altText", filename="a.txt") + END, "altText", "must be text, not a file"),
    ],
)
async def test_a_wrong_part_is_named(tmp_path: Path, body: bytes, field: str, message: str) -> None:
    error = await refusal(request_of(body), tmp_path)
    assert isinstance(error, Invalid)
    assert {"field": field, "message": message} in error.details


async def test_a_large_file_under_another_name_is_named_and_not_stored(tmp_path: Path) -> None:
    error = await refusal(request_of(part("image", b"x" * LIMIT, filename="a.png") + END), tmp_path)
    assert isinstance(error, Invalid)
    assert error.details == [
        {"field": "image", "message": "is not a known field"},
        {"field": "file", "message": "is required"},
    ]


async def test_the_content_of_a_wrong_part_is_read_within_the_limit_of_the_body(tmp_path: Path) -> None:
    body = part("image", b"x" * (10 * LIMIT), filename="a.png") + END
    request = request_of(body)
    assert isinstance(await refusal(request, tmp_path), TooLarge)
    assert (await request.receive())["more_body"]


@pytest.mark.parametrize(
    "content_type",
    [
        None, "", "application/json", "image/png", "multipart/mixed; boundary=frontier", "text/plain",
        "application/x-www-form-urlencoded",
    ],
)  # fmt: skip
async def test_another_content_type_is_415(tmp_path: Path, content_type: str | None) -> None:
    assert isinstance(await refusal(request_of(PICTURE + END, content_type), tmp_path), FormRequired)


async def test_an_encoded_form_is_415(tmp_path: Path) -> None:
    assert isinstance(await refusal(request_of(PICTURE + END, content_encoding="gzip"), tmp_path), FormRequired)


NESTED = part("file", b"--inner\r\n\r\nx\r\n--inner--", headers="Content-Type: multipart/mixed; boundary=inner\r\n")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PICTURE + END, "multipart/form-data"),
        (PICTURE + END, "multipart/form-data; boundary="),
        (PICTURE + END, f"{FORM}; boundary=other"),
        (PICTURE + END, f"multipart/form-data; boundary={'b' * 71}"),
        (PICTURE + END, "multipart/form-data; boundary=other"),
        (b"", FORM),
        (b"no form at all", FORM),
        (PICTURE, FORM),
        (PICTURE[:-20], FORM),
        (part("field") * 10_000 + END, FORM),
        (b"".join(part(f"f{number}") for number in range(17)) + END, FORM),
        (part("file", filename="a.png", headers=f"X: {'h' * 1_000_000}\r\n") + END, FORM),
        (part("file", filename="a.png", headers=f"X: {'h' * 4_500}\r\nY: {'h' * 4_500}\r\n") + END, FORM),
        (part("file", filename="a.png", headers="X: 1\r\n" * 2) + END, FORM),
        (part("file", filename="a.png", headers="".join(f"X{n}: 1\r\n" for n in range(20))) + END, FORM),
        (f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n".encode() + END, FORM),
        (f'--{BOUNDARY}\r\nContent-Disposition: attachment; name="file"\r\n\r\nx\r\n'.encode() + END, FORM),
        (f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode() + END, FORM),
        (f"--{BOUNDARY}\r\nno colon\r\n\r\nx\r\n".encode() + END, FORM),
        (NESTED + END, FORM),
        (part("file", filename="a.png", headers="Content-Transfer-Encoding: base64\r\n") + END, FORM),
        (part("altText", b"\xff\xfe") + PICTURE + END, FORM),
    ],
)  # fmt: skip
async def test_U12_a_malformed_form_is_400_within_100_ms(tmp_path: Path, body: bytes, content_type: str) -> None:
    request = request_of(body, content_type, pieces=65_536)
    began = time.process_time()
    assert isinstance(await refusal(request, tmp_path), MalformedForm)
    assert time.process_time() - began <= 0.1


@pytest.mark.parametrize(
    "body",
    [part("file", b"x" * (LIMIT + 1), filename="a.png") + END, PICTURE + part("altText", b"x" * 9_000) + END],
)
async def test_U04_what_is_too_large_is_413(tmp_path: Path, body: bytes) -> None:
    assert isinstance(await refusal(request_of(body), tmp_path), TooLarge)


async def test_U04_a_length_that_is_declared_too_large_is_413_before_the_body_is_read(tmp_path: Path) -> None:
    request = request_of(PICTURE + END, content_length=str(10 * LIMIT))
    assert isinstance(await refusal(request, tmp_path), TooLarge)
    assert (await request.receive())["body"]


async def test_a_full_disk_is_507_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _data: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(multipart.os, "write", full)
        refused = await refusal(request_of(PICTURE + END), tmp_path)
    assert isinstance(refused, NoSpaceLeft)
    assert (refused.status, refused.code) == (507, "no_space_left")


async def test_a_client_that_disconnects_leaves_no_file(tmp_path: Path) -> None:
    messages = iter([{"type": "http.request", "body": PICTURE[:100], "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", FORM.encode())]}, receive)
    assert isinstance(await refusal(request, tmp_path), BodyIncomplete)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\me.png", "me.png"),
        ("a\0.png", "a .png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie: x.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("con.png", "con.png"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".png", "x" * 146 + ".png"),
        ("." + "x" * 300, "x" * 150),
    ],
)
def test_U06_a_filename_is_cleaned(sent: str, kept: str) -> None:
    assert clean_filename(sent) == kept
