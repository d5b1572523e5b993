"""A stand-in for Cloudinary that refuses a wrong signature: it computes each one with the vendor's own library."""

from __future__ import annotations

import gzip
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote

import cloudinary.utils
import httpx
from PIL import Image
from tests.support.http_standin import Answer, Sent
from tests.support.plain_http import PLAIN

from coursify.integrations.cloudinary_signing import Account
from coursify.integrations.cloudinary_store import CloudinaryStore

NOTIFICATION_URL = "https://school.example.com/api/v1/webhooks/cloudinary"
FRESH_SECONDS = 3_600
LEAST_PIECE, MOST_IN_ONE = 5_000_000, 100_000_000
# What a form may have beside its file; anything else that is sent must be signed as well.
UNSIGNED = {"file", "api_key", "signature", "resource_type", "cloud_name"}
ALGORITHMS = ("sha1", "sha256")
_ADDRESS = re.compile(
    r"/(?P<cloud>[^/]+)/(?P<kind>image|video|raw)/(?P<type>\w+)/(?P<signature>s--[\w-]+--)"
    r"(?:/(?P<transformation>[^/]*_[^/]*))?/v1/(?P<name>.+)"
)


@dataclass
class Stored:
    kind: str
    delivery_type: str
    public_id: str
    content: bytes
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def shown(self) -> dict[str, Any]:
        return {
            "public_id": self.public_id,
            "resource_type": self.kind,
            "type": self.delivery_type,
            "bytes": len(self.content),
            "created_at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


@dataclass
class CloudinaryStandin:
    """One account. `is_full` makes it refuse every upload, `is_down` everything, `fails_once` the next request.

    `hangs_for` delays each answer.
    """

    cloud: str = "school"
    api_key: str = "123456789012345"
    api_secret: str = "a-secret_of-the_stand-in"
    resources: dict[tuple[str, str, str], Stored] = field(default_factory=dict)
    pieces: dict[str, bytes] = field(default_factory=dict)
    notifications: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_full: bool = False
    is_down: bool = False
    fails_once: bool = False
    hangs_for: float = 0

    def answer(self, request: Sent) -> Answer:
        time.sleep(self.hangs_for)
        self.asked.append(f"{request.method} {request.path}")
        if self.is_down or self.fails_once:
            self.fails_once = False
            return Answer(503, b"Service Unavailable")
        if request.path.startswith(f"/v1_1/{self.cloud}/"):
            path = unquote(request.path.removeprefix(f"/v1_1/{self.cloud}/"))
            return self._upload(request, path) if path.endswith("/upload") else self._admin(request, path)
        if request.path.startswith("/v1_1/"):
            return _error(401, "Invalid cloud_name")
        return self._deliver(request)

    def _upload(self, request: Sent, path: str) -> Answer:
        form = _form(request)
        if refusal := self._refuse_form(form):
            return refusal
        content: bytes = form["file"]
        if asked := request.headers.get("content-range"):
            start, last, total = map(int, re.findall(r"\d+", asked))
            upload_id = request.headers["x-unique-upload-id"]
            content = self.pieces.pop(upload_id, b"") + content
            if len(content) != last + 1 or (last + 1 < total and last + 1 - start < LEAST_PIECE):
                return _error(400, "Invalid Content-Range, or a part of less than 5mb")
            if last + 1 < total:
                self.pieces[upload_id] = content
                return _json({"done": False, "public_id": form["public_id"], "bytes": len(content)})
        elif len(content) > MOST_IN_ONE:
            return _error(413, "File size too large")
        return self._store(path.partition("/")[0], form, content)

    def _refuse_form(self, form: dict[str, Any]) -> Answer | None:
        if form.get("api_key") != self.api_key:
            return _error(401, "Unknown API key")
        signed = {name: value for name, value in form.items() if name not in UNSIGNED}
        expected = [cloudinary.utils.api_sign_request(signed, self.api_secret, name) for name in ALGORITHMS]
        if form.get("signature") not in expected:
            return _error(401, f"Invalid Signature. String to sign - '{'&'.join(sorted(signed))}'")
        if not 0 <= time.time() - int(form.get("timestamp", "0")) + 1 <= FRESH_SECONDS:
            return _error(400, "Stale request")
        if not isinstance(form.get("file"), bytes):
            return _error(400, "Missing required parameter - file")
        return _error(420, "Storage quota exceeded") if self.is_full else None

    def _store(self, kind: str, form: dict[str, Any], content: bytes) -> Answer:
        if kind == "image" and not _is_picture(content):
            return _error(400, "Invalid image file")
        if kind == "video" and (content[4:8] != b"ftyp" or b"moov" not in content):
            return _error(400, "Unsupported video format or file")
        if not content:
            return _error(400, "Empty file")
        key = (kind, form.get("type", "upload"), form["public_id"])
        if key in self.resources and form.get("overwrite") != "true":
            return _json(self.resources[key].shown | {"existing": True})
        self.resources[key] = Stored(*key, content)
        if url := form.get("notification_url"):
            notice = {"notification_type": "upload", "timestamp": datetime.now(UTC).isoformat()}
            self.notifications.append((url, json.dumps(notice | self.resources[key].shown).encode()))
        return _json(self.resources[key].shown)

    def signed_headers(self, body: bytes, *, at: float | None = None, algorithm: str = "sha1") -> dict[str, str]:
        """What it sends with a notification."""
        stamp = str(int(at if at is not None else time.time()))
        signature = cloudinary.utils.compute_hex_hash(f"{body.decode()}{stamp}{self.api_secret}", algorithm)
        return {"X-Cld-Timestamp": stamp, "X-Cld-Signature": signature, "Content-Type": "application/json"}

    async def notify(self, client: httpx.AsyncClient) -> list[httpx.Response]:
        """Send each notification, and keep none."""
        waiting, self.notifications = self.notifications, []
        return [
            await client.post(httpx.URL(url).path, content=body, headers=self.signed_headers(body))
            for url, body in waiting
        ]

    def _admin(self, request: Sent, path: str) -> Answer:
        expected = httpx.BasicAuth(self.api_key, self.api_secret)
        signed = next(expected.auth_flow(httpx.Request("GET", "http://cloudinary")))
        if request.headers.get("authorization") != signed.headers["authorization"]:
            return _error(401, "Invalid credentials")
        query = dict(parse_qsl(request.query))
        _resources, kind, delivery_type, *rest = path.split("/", 3)
        if rest:
            found = self.resources.get((kind, delivery_type, rest[0]))
            return _json(found.shown) if found else _error(404, f"Resource not found - {rest[0]}")
        matching = [
            key
            for key in sorted(self.resources)
            if key[:2] == (kind, delivery_type)
            and (
                key[2] == query["public_ids[]"]
                if "public_ids[]" in query
                else key[2].startswith(query.get("prefix", ""))
            )
        ]
        return self._delete(matching) if request.method == "DELETE" else self._list(matching, query)

    def _delete(self, keys: list[tuple[str, str, str]]) -> Answer:
        """Two at a time, as Cloudinary deletes a thousand at a time."""
        for key in keys[:2]:
            del self.resources[key]
        deleted: dict[str, Any] = {"deleted": {key[2]: "deleted" for key in keys[:2]}, "partial": len(keys) > 2}
        return _json(deleted | ({"next_cursor": "next"} if len(keys) > 2 else {}))

    def _list(self, keys: list[tuple[str, str, str]], query: dict[str, str]) -> Answer:
        """Two at a time, however many are asked for."""
        start = int(query.get("next_cursor", "0"))
        page: dict[str, Any] = {"resources": [self.resources[key].shown for key in keys[start : start + 2]]}
        return _json(page | ({"next_cursor": str(start + 2)} if len(keys) > start + 2 else {}))

    def _deliver(self, request: Sent) -> Answer:
        found = _ADDRESS.fullmatch(unquote(request.path))
        if found is None or found["cloud"] != self.cloud:
            return Answer(404, headers={"X-Cld-Error": "Resource not found"})
        if not self._is_signed(found):
            return Answer(401, headers={"X-Cld-Error": "deny or ACL failure"})
        is_image = found["kind"] == "image"
        public_id = found["name"].removesuffix(".webp") if is_image else found["name"]
        stored = self.resources.get((found["kind"], found["type"], public_id))
        if stored is None:
            return Answer(404, headers={"X-Cld-Error": f"Resource not found - {public_id}"})
        headers, content = {}, stored.content
        for part in (found["transformation"] or "").split(","):
            if part.startswith("fl_attachment"):
                headers["Content-Disposition"] = f'attachment; filename="{part.partition(":")[2]}"'
        if is_image and (sides := re.findall(r"[hw]_(\d+)", found["transformation"] or "")):
            content = _scaled(content, int(sides[0]))
        return _sent(request, content, headers)

    def _is_signed(self, found: re.Match[str]) -> bool:
        """Whether the vendor's library makes the same address, with a long signature or a short one."""
        return any(
            found["signature"]
            in cloudinary.utils.cloudinary_url(
                found["name"],
                resource_type=found["kind"],
                type=found["type"],
                raw_transformation=found["transformation"] or "",
                version="1",
                sign_url=True,
                long_url_signature=is_long,
                signature_algorithm="sha1",
                api_secret=self.api_secret,
                cloud_name=self.cloud,
            )[0].split("/")
            for is_long in (True, False)
        )


def cloudinary_store(standin: CloudinaryStandin, url: str, *, seconds: float = 5, **changes: str) -> CloudinaryStore:
    """A store with the account of the stand-in; `changes` are of the account."""
    named = {"cloud": standin.cloud, "api_key": standin.api_key, "api_secret": standin.api_secret}
    return CloudinaryStore(
        Account(**(named | changes)),
        notification_url=NOTIFICATION_URL,
        api_base=url,
        delivery_base=url,
        client=httpx.AsyncClient(**PLAIN),
        call_seconds=seconds,
    )


def _form(request: Sent) -> dict[str, Any]:
    """The parts of a form: text, and bytes where a part has a filename."""
    boundary = request.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    form: dict[str, Any] = {}
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        found = re.search(rb'name="([^"]+)"', head)
        assert found, head
        form[found[1].decode()] = content if b"filename=" in head else content.decode()
    return form


def _is_picture(content: bytes) -> bool:
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.load()
    except OSError:
        return False
    return True


def _scaled(content: bytes, side: int) -> bytes:
    target = BytesIO()
    with Image.open(BytesIO(content)) as picture:
        picture.thumbnail((side, side))
        picture.save(target, "WEBP")
    return target.getvalue()


def _sent(request: Sent, content: bytes, headers: dict[str, str]) -> Answer:
    """Compressed where the client takes it, as a delivery network does: then ranges and lengths are not the file's."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Answer(200, gzip.compress(content), headers | {"Content-Encoding": "gzip"})
    if request.method == "HEAD":
        return Answer(200, b"", headers | {"Content-Length": str(len(content))})
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if asked is None:
        return Answer(200, content, headers)
    start, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
    if start >= len(content):
        return Answer(416)
    return Answer(206, content[start : last + 1], headers | {"Content-Range": f"bytes {start}-{last}/{len(content)}"})


def _json(body: dict[str, Any]) -> Answer:
    return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _error(status: int, message: str) -> Answer:
    return Answer(status, json.dumps({"error": {"message": message}}).encode(), {"Content-Type": "application/json"})
