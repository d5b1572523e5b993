"""The store of media at Cloudinary: signed uploads, signed delivery, and the Admin API to list and delete."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import httpx
import orjson

from coursify.integrations.cloudinary_api import CALL_SECONDS, CloudinaryApi, named_failures
from coursify.integrations.cloudinary_resources import KINDS, Kind, Resource, path_of, resource_of
from coursify.integrations.cloudinary_signing import DELIVERY_TYPE, Account
from coursify.modules.media.store import (
    DirectUpload,
    NotificationRefused,
    ObjectMissing,
    StoredObject,
    StoreName,
    StoreUnavailable,
    UploadIncomplete,
    UploadPart,
)

CHECK_PATH = "check/coursify"
# A larger file is sent in pieces; all but the last must have five megabytes.
PIECE = 10_485_760
PAGE = 500
_PATH = re.compile(r"[\w./-]{1,200}", re.ASCII)
# A file that is compressed on its way has no length and no ranges.
_UNCOMPRESSED = {"Accept-Encoding": "identity"}


class CloudinaryStore:
    """Every resource is of the type `authenticated`: without a signature of ours, nothing of it is delivered."""

    name: StoreName = "cloudinary"

    def __init__(
        self,
        account: Account,
        *,
        notification_url: str,
        api_base: str,
        delivery_base: str,
        client: httpx.AsyncClient | None = None,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._account = account
        self._client = client or httpx.AsyncClient()
        self._notification_url = notification_url
        self._api = CloudinaryApi(account, api_base, self._client, seconds=call_seconds)
        self._delivery = delivery_base
        self._seconds = call_seconds

    async def put(self, path: str, source: bytes | Path, *, content_type: str) -> None:
        """Smaller sizes of a picture are not stored: Cloudinary scales the largest one."""
        del content_type  # the path says which kind of resource it is
        resource = resource_of(path)
        if resource.transformation:
            return
        with _opened(source) as (file, size):
            await self._upload(resource, file, size)

    async def put_moved(self, path: str, source: Path, *, content_type: str) -> None:
        await self.put(path, source, content_type=content_type)
        source.unlink()

    async def _upload(self, resource: Resource, file: BinaryIO, size: int) -> None:
        upload_id = secrets.token_hex(16)
        stored: dict[str, object] = {}
        for start in range(0, size or 1, PIECE):
            piece = await asyncio.to_thread(file.read, PIECE)
            headers = {}
            if size > PIECE:
                last = start + len(piece) - 1
                headers = {"X-Unique-Upload-Id": upload_id, "Content-Range": f"bytes {start}-{last}/{size}"}
            fields = {"public_id": resource.public_id, "type": DELIVERY_TYPE, "overwrite": "true", "invalidate": "true"}
            form = self._account.sign_form(fields, now=datetime.now(UTC))
            stored = await self._api.upload(resource.kind, form, piece, headers=headers)
        if stored.get("bytes") != size:
            raise StoreUnavailable(f"Cloudinary stored {stored.get('bytes')} of {size} bytes")

    async def read(self, path: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        headers = {}
        if start or length is not None:
            last = "" if length is None else str(start + length - 1)
            headers = {"Range": f"bytes={start}-{last}"}
        async with self._delivered("GET", path, headers) as answer:
            if headers and answer.status_code != 206:
                raise StoreUnavailable("Cloudinary ignored a range")
            async for chunk in answer.aiter_bytes():
                yield chunk

    async def size(self, path: str) -> int:
        async with self._delivered("HEAD", path, {}) as answer:
            length = answer.headers.get("content-length", "")
        if not length.isdigit():
            raise StoreUnavailable("Cloudinary sent no length")
        return int(length)

    async def download(self, path: str, target: Path) -> None:
        async with self._delivered("GET", path, {}) as answer:
            with target.open("wb") as file:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)

    @asynccontextmanager
    async def _delivered(self, method: str, path: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """Raises ObjectMissing and StoreUnavailable."""
        with named_failures():
            url, sent = self._address(resource_of(path)), _UNCOMPRESSED | headers
            async with self._client.stream(method, url, headers=sent, timeout=self._seconds) as answer:
                if answer.status_code == 404:
                    raise ObjectMissing
                if answer.status_code not in {200, 206}:
                    reason = answer.headers.get("x-cld-error", "")
                    raise StoreUnavailable(f"Cloudinary answered {answer.status_code} {reason}".strip())
                yield answer

    async def list_objects(self, folder: str) -> list[StoredObject]:
        return [stored for kind in KINDS async for stored in self._list(kind, folder)]

    async def _list(self, kind: Kind, folder: str) -> AsyncIterator[StoredObject]:
        query = {"max_results": str(PAGE)} | ({"prefix": f"{folder}/"} if folder else {})
        while True:
            page = await self._api.ask("GET", f"resources/{kind}/{DELIVERY_TYPE}", query)
            for found in page["resources"]:
                path = path_of(kind, found["public_id"])
                yield StoredObject(path, found["bytes"], datetime.fromisoformat(found["created_at"]))
            if not page.get("next_cursor"):
                return
            query["next_cursor"] = page["next_cursor"]

    async def delete_folder(self, folder: str) -> None:
        """Cloudinary deletes a thousand at a time, and removes them from its caches."""
        for kind in KINDS:
            query = {"prefix": f"{folder}/", "invalidate": "true"}
            while True:
                page = await self._api.ask("DELETE", f"resources/{kind}/{DELIVERY_TYPE}", query)
                if not page.get("partial"):
                    break
                query["next_cursor"] = page["next_cursor"]

    async def address(self, path: str, *, seconds: int, filename: str | None = None) -> str | None:
        """It does not expire: only what is public or encrypted is addressed. A filename is sent in ASCII."""
        del seconds
        resource = resource_of(path)
        if filename is not None:
            flag = f"fl_attachment:{re.sub(r'[^A-Za-z0-9_-]+', '_', filename)}"
            parts = (resource.transformation, flag)
            resource = replace(resource, transformation=",".join(part for part in parts if part))
        return self._address(resource)

    def _address(self, resource: Resource) -> str:
        return f"{self._delivery}/{self._account.sign_path(resource.kind, resource.name, resource.transformation)}"

    async def open_direct_upload(self, path: str, *, size: int, content_type: str) -> DirectUpload | None:
        """A form for one hour. What it has uploaded cannot be replaced by using it again."""
        del size, content_type  # Cloudinary limits neither; both are checked when the upload is complete
        resource = resource_of(path)
        fields = {
            "public_id": resource.public_id,
            "type": DELIVERY_TYPE,
            "overwrite": "false",
            "notification_url": self._notification_url,
        }
        form = self._account.sign_form(fields, now=datetime.now(UTC))
        url = self._api.upload_url(resource.kind)
        return DirectUpload("cloudinary", resource.public_id, url=url, fields=tuple(form.items()))

    async def part_addresses(self, path: str, upload_id: str, numbers: Sequence[int]) -> list[UploadPart]:
        """None: every piece goes to the same address."""
        del path, upload_id, numbers
        return []

    async def complete_direct_upload(self, path: str, upload_id: str) -> None:
        """Cloudinary itself is asked, so that no notification and no client is believed."""
        if not await self._api.has(resource_of(path).kind, DELIVERY_TYPE, upload_id):
            raise UploadIncomplete

    async def abort_direct_upload(self, path: str, upload_id: str) -> None:
        query = {"public_ids[]": upload_id, "invalidate": "true"}
        await self._api.ask("DELETE", f"resources/{resource_of(path).kind}/{DELIVERY_TYPE}", query)

    def uploaded_path(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str | None:
        timestamp, signature = headers.get("x-cld-timestamp", ""), headers.get("x-cld-signature", "")
        if not self._account.is_notification(body, timestamp=timestamp, signature=signature, now=now):
            raise NotificationRefused
        try:
            notice = orjson.loads(body)
        except ValueError as error:
            raise NotificationRefused from error
        if not isinstance(notice, dict) or notice.get("notification_type") != "upload":
            return None
        public_id = notice.get("public_id")
        if notice.get("type") != DELIVERY_TYPE or not isinstance(public_id, str) or not _PATH.fullmatch(public_id):
            return None
        return next((path_of(kind, public_id) for kind in KINDS if kind == notice.get("resource_type")), None)

    async def check(self) -> None:
        await self.put(CHECK_PATH, b"coursify", content_type="text/plain")
        if b"".join([chunk async for chunk in self.read(CHECK_PATH)]) != b"coursify":
            raise StoreUnavailable("Cloudinary returned other bytes than it was given")
        await self.delete_folder("check")

    async def close(self) -> None:
        await self._client.aclose()


@contextmanager
def _opened(source: bytes | Path) -> Iterator[tuple[BinaryIO, int]]:
    """The file and its length."""
    if isinstance(source, bytes):
        yield BytesIO(source), len(source)
        return
    with source.open("rb") as file:
        yield file, source.stat().st_size
