"""The headers of tus 1.0 as they are read. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from coursify.modules.media.errors import TusHeaderInvalid

VERSION = "1.0.0"
EXTENSIONS = "expiration,checksum,termination"
ALGORITHMS = ("sha256", "sha1")
BODY_TYPE = "application/offset+octet-stream"
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request have to hash to."""

    algorithm: str
    digest: bytes


def read_offset(headers: Mapping[str, str]) -> int:
    """Raises TusHeaderInvalid."""
    header = headers.get("upload-offset")
    if header is None or not _DIGITS.fullmatch(header):
        raise TusHeaderInvalid(details=[{"field": "Upload-Offset", "message": "must be a whole number"}])
    return int(header)


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """`sha256 <base64>`. Raises TusHeaderInvalid for another algorithm, and for what is not its digest."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        message = f"must be one of {', '.join(ALGORITHMS)}, a space and the digest in base64"
        raise TusHeaderInvalid(details=[{"field": "Upload-Checksum", "message": message}])
    return Checksum(algorithm, digest)
