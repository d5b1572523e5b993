"""The store of media in a bucket of S3, or of a server that speaks its protocol."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import obstore
from obstore.store import S3Store as Bucket

from coursify.core.errors import NotFound
from coursify.integrations.obstore_objects import list_below, read_object
from coursify.integrations.s3_signing import Signer
from coursify.modules.media.store import (
    DirectUpload,
    ObjectMissing,
    StoredObject,
    StoreName,
    StoreUnavailable,
    UploadIncomplete,
    UploadPart,
)

CHECK_PATH = "check/coursify"
MIB = 1_048_576
SMALLEST_PART = 16 * MIB
MAX_PARTS = 9_000
UPLOAD_SECONDS = 86_400
CALL_SECONDS = 60
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_PART = re.compile(r"<Part>.*?<PartNumber>(\d+)</PartNumber>.*?</Part>", re.DOTALL)
_ETAG = re.compile(r"<ETag>(.*?)</ETag>", re.DOTALL)


class S3Store:
    """Objects are keys of the bucket. Multipart uploads are opened and completed by signed calls of our own."""

    name: StoreName = "s3"

    def __init__(self, signer: Signer, *, client: httpx.AsyncClient | None = None) -> None:
        self._signer = signer
        self._client = client or httpx.AsyncClient(timeout=CALL_SECONDS)
        self._bucket = Bucket(
            signer.bucket,
            endpoint=signer.endpoint,
            region=signer.region,
            access_key_id=signer.access_key_id,
            secret_access_key=signer.secret_access_key,
            disable_bulk_delete=True,
            client_options={
                "allow_http": signer.endpoint.startswith("http://"),
                "timeout": timedelta(seconds=CALL_SECONDS),
            },
            retry_config=_RETRY,
        )

    async def put(self, path: str, source: bytes | Path, *, content_type: str) -> None:
        with _named():
            await obstore.put_async(self._bucket, path, source, attributes={"Content-Type": content_type})

    async def put_moved(self, path: str, source: Path, *, content_type: str) -> None:
        await self.put(path, source, content_type=content_type)
        source.unlink()

    async def read(self, path: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        with _named():
            async for chunk in read_object(self._bucket, path, start=start, length=length):
                yield chunk

    async def size(self, path: str) -> int:
        with _named():
            return int((await obstore.head_async(self._bucket, path))["size"])

    async def download(self, path: str, target: Path) -> None:
        with _named():
            found = await obstore.get_async(self._bucket, path)
            with target.open("wb") as file:
                async for chunk in found.stream():
                    file.write(chunk)

    async def list_objects(self, folder: str) -> list[StoredObject]:
        with _named():
            return await list_below(self._bucket, folder)

    async def delete_folder(self, folder: str) -> None:
        paths = [stored.path for stored in await self.list_objects(folder)]
        if paths:
            with _named():
                await obstore.delete_async(self._bucket, paths)

    async def address(self, path: str, *, seconds: int, filename: str | None = None) -> str | None:
        query = {}
        if filename is not None:
            query["response-content-disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        return self._sign("GET", path, query, seconds=seconds)

    async def open_direct_upload(self, path: str, *, size: int, content_type: str) -> DirectUpload | None:
        answer = await self._call("POST", path, {"uploads": ""}, headers={"Content-Type": content_type})
        found = re.search(r"<UploadId>(.*?)</UploadId>", answer.text)
        if found is None:
            raise StoreUnavailable("S3 opened no multipart upload")
        part_size = max(SMALLEST_PART, -(-size // MAX_PARTS // MIB) * MIB)
        return DirectUpload("s3-multipart", found[1], part_size=part_size)

    async def part_addresses(self, path: str, upload_id: str, numbers: Sequence[int]) -> list[UploadPart]:
        return [
            UploadPart(
                number,
                self._sign("PUT", path, {"partNumber": str(number), "uploadId": upload_id}, seconds=UPLOAD_SECONDS),
            )
            for number in numbers
        ]

    async def complete_direct_upload(self, path: str, upload_id: str) -> None:
        try:
            parts = await self._list_parts(path, upload_id)
        except ObjectMissing as error:
            await self._require_completed(path, error)
            return
        if not parts or list(parts) != list(range(1, len(parts) + 1)):
            raise UploadIncomplete
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in parts.items()
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
        answer = await self._call("POST", path, {"uploadId": upload_id}, content=body)
        # S3 sends 200 before it has joined the parts, and an error in the body when it cannot.
        if "<Error>" in answer.text:
            raise StoreUnavailable(f"S3 did not join the parts: {_code_of(answer.text)}")

    async def _require_completed(self, path: str, error: ObjectMissing) -> None:
        """An upload that S3 does not know was completed before, if its object is there."""
        try:
            await self.size(path)
        except ObjectMissing:
            raise UploadIncomplete from error

    async def abort_direct_upload(self, path: str, upload_id: str) -> None:
        try:
            await self._call("DELETE", path, {"uploadId": upload_id})
        except ObjectMissing:
            return

    async def _list_parts(self, path: str, upload_id: str) -> dict[int, str]:
        """The ETag of each part by its number; S3 lists a thousand at a time."""
        parts: dict[int, str] = {}
        while True:
            marker = str(max(parts, default=0))
            answer = await self._call("GET", path, {"uploadId": upload_id, "part-number-marker": marker})
            for part in _PART.finditer(answer.text):
                tag = _ETAG.search(part[0])
                parts[int(part[1])] = tag[1] if tag else ""
            if "<IsTruncated>true</IsTruncated>" not in answer.text:
                return dict(sorted(parts.items()))

    async def _call(self, method: str, path: str, query: Mapping[str, str], **sent: Any) -> httpx.Response:
        """Raises ObjectMissing and StoreUnavailable."""
        try:
            answer = await self._client.request(method, self._sign(method, path, query, seconds=CALL_SECONDS), **sent)
        except httpx.HTTPError as error:
            raise StoreUnavailable(f"S3 does not answer: {type(error).__name__}") from error
        if answer.status_code == 404 and "NoSuchBucket" not in answer.text:
            raise ObjectMissing
        if not answer.is_success:
            raise StoreUnavailable(f"S3 answered {answer.status_code} {_code_of(answer.text)}")
        return answer

    def _sign(self, method: str, path: str, query: Mapping[str, str], *, seconds: int) -> str:
        return self._signer.sign(method, path, seconds=seconds, now=datetime.now(UTC), query=query)

    def uploaded_path(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str | None:
        del body, headers, now
        raise NotFound

    async def check(self) -> None:
        await self.put(CHECK_PATH, b"coursify", content_type="text/plain")
        if b"".join([chunk async for chunk in self.read(CHECK_PATH)]) != b"coursify":
            raise StoreUnavailable("S3 returned other bytes than it was given")
        await self.delete_folder("check")

    async def close(self) -> None:
        await self._client.aclose()


def _code_of(answer: str) -> str:
    found = re.search(r"<Code>(\w+)</Code>", answer)
    return found[1] if found else ""


@contextmanager
def _named() -> Iterator[None]:
    """Raise ObjectMissing and StoreUnavailable. A bucket that is missing is no missing object."""
    try:
        yield
    except (obstore.exceptions.BaseError, OSError) as error:
        is_missing = isinstance(error, FileNotFoundError | obstore.exceptions.NotFoundError)
        if is_missing and "NoSuchBucket" not in str(error):
            raise ObjectMissing from error
        raise StoreUnavailable(" ".join(str(error).split())[:300]) from error
