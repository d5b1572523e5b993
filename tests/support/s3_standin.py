"""A stand-in for S3 that refuses a wrong signature: it computes each one anew, with the keys of botocore."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.support.http_standin import Answer, Sent

STAMP = "%Y%m%dT%H%M%SZ"


@dataclass
class Stored:
    content: bytes
    content_type: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass
class S3Standin:
    """One bucket. `is_full` makes it refuse every byte, `is_down` everything."""

    bucket: str = "school"
    region: str = "eu-central-1"
    access_key_id: str = "AKIASTANDIN"
    secret_access_key: str = "a/secret+of=the+stand-in"
    objects: dict[str, Stored] = field(default_factory=dict)
    uploads: dict[str, dict[int, Stored]] = field(default_factory=dict)
    is_full: bool = False
    is_down: bool = False

    def answer(self, request: Sent) -> Answer:
        if self.is_down:
            return _error(503, "ServiceUnavailable")
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        if refusal := self._refuse(request, query):
            return refusal
        bucket, _, key = unquote(request.path).removeprefix("/").partition("/")
        if bucket != self.bucket:
            return _error(404, "NoSuchBucket")
        if self.is_full and request.method in {"PUT", "POST"}:
            return _error(507, "InsufficientStorage")
        if "uploads" in query or "uploadId" in query:
            return self._multipart(request, key, query)
        return self._object(request, key, query)

    def _refuse(self, request: Sent, query: dict[str, str]) -> Answer | None:
        if "X-Amz-Signature" in query:
            return self._refuse_query(request, query)
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",")) if rest else {}
        if scheme != "AWS4-HMAC-SHA256":
            return _error(403, "AccessDenied")
        payload = request.headers["x-amz-content-sha256"]
        if payload not in {"UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()}:
            return _error(400, "XAmzContentSHA256Mismatch")
        stamp, names = request.headers["x-amz-date"], given["SignedHeaders"]
        signature = self._signature(request, request.query, names, stamp, payload)
        is_right = given["Signature"] == signature and given["Credential"] == self._credential(stamp)
        return None if is_right else _error(403, "SignatureDoesNotMatch")

    def _refuse_query(self, request: Sent, query: dict[str, str]) -> Answer | None:
        stamp = query["X-Amz-Date"]
        expires = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) + timedelta(seconds=int(query["X-Amz-Expires"]))
        if expires <= datetime.now(UTC):
            return _error(403, "AccessDenied")
        unsigned = "&".join(part for part in request.query.split("&") if not part.startswith("X-Amz-Signature="))
        signature = self._signature(request, unsigned, query["X-Amz-SignedHeaders"], stamp, "UNSIGNED-PAYLOAD")
        is_right = query["X-Amz-Signature"] == signature and query["X-Amz-Credential"] == self._credential(stamp)
        return None if is_right else _error(403, "SignatureDoesNotMatch")

    def _credential(self, stamp: str) -> str:
        return f"{self.access_key_id}/{stamp[:8]}/{self.region}/s3/aws4_request"

    def _signature(self, request: Sent, query: str, names: str, stamp: str, payload: str) -> str:
        headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names.split(";"))
        parameters = "&".join(
            sorted(
                f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
                for name, value in (map(unquote, part.partition("=")[::2]) for part in query.split("&") if part)
            )
        )
        canonical = f"{request.method}\n{request.path}\n{parameters}\n{headers}\n{names}\n{payload}"
        auth = botocore.auth.SigV4Auth(Credentials(self.access_key_id, self.secret_access_key), "s3", self.region)
        signed: Any = AWSRequest(method=request.method, url="http://s3/")
        signed.context["timestamp"] = stamp
        return str(auth.signature(auth.string_to_sign(signed, canonical), signed))

    def _object(self, request: Sent, key: str, query: dict[str, str]) -> Answer:
        match request.method:
            case "PUT":
                self.objects[key] = Stored(request.body, request.headers.get("content-type", ""))
                return Answer(headers={"ETag": self.objects[key].etag})
            case "DELETE":
                self.objects.pop(key, None)
                return Answer(204)
            case "GET" if not key:
                return self._list(query.get("prefix", ""))
            case _:
                return self._read(request, key, query)

    def _read(self, request: Sent, key: str, query: dict[str, str]) -> Answer:
        stored = self.objects.get(key)
        if stored is None:
            return _error(404, "NoSuchKey")
        headers = {
            "ETag": stored.etag,
            "Content-Type": stored.content_type,
            "Last-Modified": stored.at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }
        if "response-content-disposition" in query:
            headers["Content-Disposition"] = query["response-content-disposition"]
        content = stored.content
        if request.method == "HEAD":
            return Answer(headers=headers | {"Content-Length": str(len(content))})
        if not (asked := request.headers.get("range")):
            return Answer(200, content, headers)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) if last else len(content) - 1, len(content) - 1)
        if start >= len(content):
            return _error(416, "InvalidRange")
        return Answer(206, content[start : end + 1], headers | {"Content-Range": f"bytes {start}-{end}/{len(content)}"})

    def _list(self, prefix: str) -> Answer:
        found = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{stored.at.strftime('%Y-%m-%dT%H:%M:%S.000Z')}</LastModified>"
            f"<ETag>{stored.etag}</ETag><Size>{len(stored.content)}</Size></Contents>"
            for key, stored in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return _xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")

    def _multipart(self, request: Sent, key: str, query: dict[str, str]) -> Answer:
        if "uploads" in query:
            upload_id = f"upload~{len(self.uploads)}/+="
            self.uploads[upload_id] = {}
            return _xml(
                f"<InitiateMultipartUploadResult><Bucket>{self.bucket}</Bucket><Key>{key}</Key>"
                f"<UploadId>{upload_id}</UploadId></InitiateMultipartUploadResult>"
            )
        parts = self.uploads.get(query["uploadId"])
        if parts is None:
            return _error(404, "NoSuchUpload")
        match request.method:
            case "PUT":
                number = int(query["partNumber"])
                parts[number] = Stored(request.body, "")
                return Answer(headers={"ETag": parts[number].etag})
            case "GET":
                return self._list_parts(parts, int(query.get("part-number-marker", "0")))
            case "DELETE":
                del self.uploads[query["uploadId"]]
                return Answer(204)
            case _:
                self.objects[key] = Stored(b"".join(parts[number].content for number in sorted(parts)), "")
                del self.uploads[query["uploadId"]]
                return _xml(
                    f"<CompleteMultipartUploadResult><Location>l</Location><Bucket>{self.bucket}</Bucket>"
                    f"<Key>{key}</Key><ETag>{self.objects[key].etag}</ETag></CompleteMultipartUploadResult>"
                )

    def _list_parts(self, parts: dict[int, Stored], after: int) -> Answer:
        later = [number for number in sorted(parts) if number > after]
        found = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{parts[number].etag}</ETag></Part>" for number in later[:2]
        )
        truncated = str(len(later) > 2).lower()
        return _xml(f"<ListPartsResult><IsTruncated>{truncated}</IsTruncated>{found}</ListPartsResult>")


def _xml(body: str) -> Answer:
    return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode(), {"Content-Type": "application/xml"})


def _error(status: int, code: str) -> Answer:
    return Answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())
