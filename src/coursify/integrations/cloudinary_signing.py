"""Signatures of Cloudinary: of forms that upload, of addresses that deliver, of notifications.

A test compares them with those of the vendor's library. The application does not import that: it reads the environment
while it is imported, fails there on a wrong CLOUDINARY_URL, and takes the secret from a global configuration.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DELIVERY_TYPE = "authenticated"
NOTIFICATION_LIFETIME = timedelta(hours=2)
# How far the clock of Cloudinary may be ahead of ours.
_AHEAD = timedelta(minutes=5)
_URL_CHARACTERS = 32
# Accounts accept both; the length says which one it is.
_ALGORITHMS = {40: "sha1", 64: "sha256"}
_ACCOUNT = re.compile(r"cloudinary://(\w+):([\w-]+)@([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    cloud: str
    api_key: str
    api_secret: str = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Account:
        """`cloudinary://<key>:<secret>@<cloud>`."""
        found = _ACCOUNT.fullmatch(url)
        if found is None:
            raise AssertionError("load_settings checks CLOUDINARY_URL")
        return cls(cloud=found[3], api_key=found[1], api_secret=found[2])

    def sign_form(self, fields: Mapping[str, str], *, now: datetime) -> dict[str, str]:
        """The fields of a form that uploads within an hour. A field that is added or changed breaks the signature."""
        signed = dict(fields) | {"timestamp": str(int(now.timestamp()))}
        to_sign = "&".join(sorted(f"{name}={value}".replace("&", "%26") for name, value in signed.items() if value))
        signature = hashlib.sha256(f"{to_sign}{self.api_secret}".encode()).hexdigest()
        return signed | {"api_key": self.api_key, "signature": signature}

    def sign_path(self, kind: str, name: str, transformation: str = "") -> str:
        """Where the bytes of `name` are, below the base of all addresses. The signature does not expire.

        The version is always there: without it, the first folder of a name could be taken for a transformation.
        """
        to_sign = f"{transformation}/{name}" if transformation else name
        digest = hashlib.sha256(f"{to_sign}{self.api_secret}".encode()).digest()
        signature = base64.urlsafe_b64encode(digest).decode()[:_URL_CHARACTERS]
        parts = [self.cloud, kind, DELIVERY_TYPE, f"s--{signature}--", transformation, "v1", name]
        return "/".join(part for part in parts if part)

    def is_notification(self, body: bytes, *, timestamp: str, signature: str, now: datetime) -> bool:
        """Whether Cloudinary has signed these bytes within the last two hours."""
        algorithm = _ALGORITHMS.get(len(signature))
        if algorithm is None or not re.fullmatch(r"[0-9]{1,11}", timestamp):
            return False
        age = now.timestamp() - int(timestamp)
        if not -_AHEAD.total_seconds() <= age <= NOTIFICATION_LIFETIME.total_seconds():
            return False
        signed = hashlib.new(algorithm, body + f"{timestamp}{self.api_secret}".encode()).hexdigest()
        return hmac.compare_digest(signed.encode(), signature.encode())
