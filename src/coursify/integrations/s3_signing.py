"""Signed addresses of S3 (Signature Version 4 in the query), for requests that the object store library cannot sign.

A test compares them with those of botocore.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs requests to one bucket, which is a part of the path: `<endpoint>/<bucket>/<key>`."""

    endpoint: str
    bucket: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)

    def sign(
        self, method: str, key: str, *, seconds: int, now: datetime, query: Mapping[str, str] | None = None
    ) -> str:
        """The address for one method, key and query, valid from `now` (UTC) for `seconds`."""
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/{_SERVICE}/aws4_request"
        path = f"/{_escape(self.bucket)}/{_escape(key, safe='/')}"
        signed = dict(query or {}) | {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.access_key_id}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        parameters = "&".join(sorted(f"{_escape(name)}={_escape(value)}" for name, value in signed.items()))
        host = urlsplit(self.endpoint).netloc
        request = f"{method}\n{path}\n{parameters}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
        to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self._key(stamp[:8]), to_sign.encode(), hashlib.sha256).hexdigest()
        return f"{self.endpoint}{path}?{parameters}&X-Amz-Signature={signature}"

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_access_key}".encode()
        for part in (day, self.region, _SERVICE, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def _escape(text: str, *, safe: str = "") -> str:
    return quote(text, safe=f"-_.~{safe}")
