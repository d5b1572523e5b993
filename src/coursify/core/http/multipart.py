"""`multipart/form-data`: text fields and one file, parsed while it arrives; the file goes to the scratch folder."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from coursify.core.errors import (
    BodyIncomplete,
    BodyTooSlow,
    FormRequired,
    Invalid,
    MalformedForm,
    NoSpaceLeft,
    TooLarge,
)
from coursify.core.http.bodies import BODY_SECONDS, is_declared_larger
from coursify.core.logging import log
from coursify.core.text import clean_filename
from coursify.core.uploaded_file import UNKNOWN_TYPE, UploadedFile

MAX_PARTS = 16
MAX_PART_HEADER_BYTES = 8_192
MAX_FIELD_BYTES = 8_192
MAX_BOUNDARY_BYTES = 70
# What the fields, the headers and the boundaries may add to the file.
_OVERHEAD = MAX_PARTS * (MAX_PART_HEADER_BYTES + MAX_FIELD_BYTES)
_WRITTEN_AT_ONCE = 1_048_576
_LEAST_BYTES_PER_SECOND = 2_048
SCRATCH_PREFIX = "form-"
Fields = TypeVar("Fields", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form:
    """`file.path` is gone when the form is closed."""

    fields: dict[str, str]
    file: UploadedFile

    def fields_as(self, model: type[Fields]) -> Fields:
        """The text fields, validated. A wrong one is 422, as in a JSON body."""
        try:
            return model.model_validate(self.fields)
        except ValidationError as error:
            problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors()]
            raise RequestValidationError(problems) from error


@asynccontextmanager
async def read_form(
    request: Request, *, scratch: Path, max_file_bytes: int, fields: frozenset[str] = frozenset()
) -> AsyncIterator[Form]:
    """The part `file` and the text parts that `fields` names.

    Raises FormRequired, MalformedForm, TooLarge, BodyTooSlow, BodyIncomplete, NoSpaceLeft, and Invalid for what a part
    says. The scratch file is removed in every case; the block may move it away.
    """
    boundary = _boundary(request)
    if is_declared_larger(request.headers.get("content-length", "").encode(), max_file_bytes + _OVERHEAD):
        raise TooLarge
    path = await asyncio.to_thread(_make_file, scratch)
    try:
        with path.open("wb", buffering=0) as opened:
            receiver = _Receiver(opened.fileno(), boundary, max_file_bytes=max_file_bytes, fields=fields)
            await receiver.receive(request)
        yield receiver.form(path)
    finally:
        path.unlink(missing_ok=True)


def _make_file(scratch: Path) -> Path:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=SCRATCH_PREFIX, dir=scratch)
    except OSError as error:
        raise _no_space(error) from error
    os.close(handle)
    return Path(name)


def _no_space(error: OSError) -> NoSpaceLeft:
    log.error("the scratch folder cannot be written", error=str(error))
    return NoSpaceLeft()


def _boundary(request: Request) -> bytes:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise FormRequired
    declared = request.headers.getlist("content-type")
    media_type, options = parse_options_header(declared[0] if declared else None)
    if media_type != b"multipart/form-data":
        raise FormRequired
    boundary = options.get(b"boundary", b"")
    if len(declared) > 1 or declared[0].lower().count("boundary=") != 1 or not 1 <= len(boundary) <= MAX_BOUNDARY_BYTES:
        raise MalformedForm
    return boundary


@dataclass
class _Part:
    """One part while it arrives; `name` is set when its headers are complete."""

    headers: dict[str, str] = field(default_factory=dict)
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    header_bytes: int = 0
    name: str = ""
    filename: str | None = None
    content: bytearray = field(default_factory=bytearray)
    is_refused: bool = False

    @property
    def is_file(self) -> bool:
        return self.filename is not None


class _Receiver:
    """The callbacks of the parser. They collect what is to be written, and `receive` writes it in a thread."""

    def __init__(self, file: int, boundary: bytes, *, max_file_bytes: int, fields: frozenset[str]) -> None:
        self._file = file
        self._max_file_bytes = max_file_bytes
        self._names = fields
        self._part = _Part()
        self._parts = 0
        self._is_complete = False
        self._pending = bytearray()
        self._fields: dict[str, str] = {}
        self._sent: _Part | None = None
        self._size = 0
        self._problems: list[dict[str, str]] = []
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_header_name,
                "on_header_value": self._add_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_content,
                "on_part_end": self._end_part,
                "on_end": self._complete,
            },
            max_header_size=MAX_PART_HEADER_BYTES,
        )

    async def receive(self, request: Request) -> None:
        """Parse and write the whole body."""
        clock, received = asyncio.get_running_loop().time, 0
        began = clock()
        try:
            async for chunk in request.stream():
                received += len(chunk)
                waited = clock() - began
                if waited > BODY_SECONDS and received < waited * _LEAST_BYTES_PER_SECOND:
                    raise BodyTooSlow
                if received > self._max_file_bytes + _OVERHEAD:
                    raise TooLarge
                self._parser.write(chunk)
                if len(self._pending) >= _WRITTEN_AT_ONCE:
                    await self._write()
            self._parser.finalize()
        except FormParserError as error:
            raise MalformedForm from error
        except ClientDisconnect as error:
            raise BodyIncomplete from error
        if not self._is_complete:
            raise MalformedForm
        await self._write()

    async def _write(self) -> None:
        data, self._pending = self._pending, bytearray()
        try:
            await asyncio.to_thread(_write_all, self._file, data)
        except OSError as error:
            raise _no_space(error) from error

    def form(self, path: Path) -> Form:
        """Raises Invalid with every field that is missing, unknown, given twice, or not what it must be."""
        if self._sent is None and not any(problem["field"] == "file" for problem in self._problems):
            self._problems.append({"field": "file", "message": "is required"})
        if self._problems or self._sent is None:
            raise Invalid(details=self._problems)
        said = self._sent.headers.get("content-type", "").partition(";")[0].strip().lower()
        content_type = "" if said == UNKNOWN_TYPE else said
        file = UploadedFile(path, clean_filename(self._sent.filename or ""), content_type, self._size)
        return Form(self._fields, file)

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise MalformedForm
        self._part = _Part()

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]
        self._count_header(end - start)

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]
        self._count_header(end - start)

    def _count_header(self, length: int) -> None:
        self._part.header_bytes += length
        if self._part.header_bytes > MAX_PART_HEADER_BYTES:
            raise MalformedForm

    def _end_header(self) -> None:
        name = self._part.header_name.decode("latin-1").lower()
        if name in self._part.headers:
            raise MalformedForm
        self._part.headers[name] = self._part.header_value.decode("latin-1")
        self._part.header_name.clear()
        self._part.header_value.clear()

    def _end_headers(self) -> None:
        headers = self._part.headers
        kind, options = parse_options_header(headers.get("content-disposition"))
        if kind != b"form-data" or b"name" not in options or headers.get("content-type", "").startswith("multipart/"):
            raise MalformedForm
        if headers.get("content-transfer-encoding", "binary").lower() not in {"binary", "8bit", "7bit"}:
            raise MalformedForm
        self._part.name = _text(options[b"name"])
        if b"filename" in options:
            self._part.filename = options[b"filename"].decode(errors="replace")
        self._check_part(self._part)

    def _check_part(self, part: _Part) -> None:
        """Note what is wrong with the part; the rest of the form is read all the same."""
        given = self._fields.keys() | ({"file"} if self._sent else set())
        if part.name not in self._names | {"file"}:
            self._refuse(part, "is not a known field")
        elif part.name in given:
            self._refuse(part, "is given more than once")
        elif part.name == "file" and not part.is_file:
            self._refuse(part, "must be a file, not text")
        elif part.name != "file" and part.is_file:
            self._refuse(part, "must be text, not a file")
        elif part.is_file:
            self._sent = part

    def _refuse(self, part: _Part, message: str) -> None:
        part.is_refused = True
        self._problems.append({"field": part.name[:100], "message": message})

    def _add_content(self, data: bytes, start: int, end: int) -> None:
        """What a refused part contains is read, within the limit of the body, and kept nowhere."""
        if self._part is self._sent:
            self._size += end - start
            if self._size > self._max_file_bytes:
                raise TooLarge
            self._pending += memoryview(data)[start:end]
        elif not self._part.is_refused:
            self._part.content += data[start:end]
            if len(self._part.content) > MAX_FIELD_BYTES:
                raise TooLarge

    def _end_part(self) -> None:
        if not self._part.is_file and not self._part.is_refused:
            self._fields.setdefault(self._part.name, _text(bytes(self._part.content)))

    def _complete(self) -> None:
        self._is_complete = True


def _write_all(file: int, data: bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedForm from error
