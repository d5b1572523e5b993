"""Open Badges 3.0: certificates and their status lists as signed credentials, and the issuer's keys. The one file that
knows openbadgeslib.

The issuer is `did:web:<host>:api:v1:credentials`; its document is served at `/api/v1/credentials/did.json`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursify.core.crypto import derive

# The key that is derived from SERVER_KEY: it signs while BADGE_KEYS is empty. `coursify keys new` writes it there.
DERIVED_KEY: Final = "server"
LIST_LIFETIME: Final = timedelta(days=1)
LIST_SECONDS: Final = 60


@dataclass(frozen=True)
class Issuer:
    """`keys` have an id each; the first one signs, all are published."""

    url: str
    name: str
    did: str
    keys: tuple[tuple[str, Ed25519PrivateKey], ...]

    @property
    def base(self) -> str:
        return f"{self.url}/api/v1"

    def list_url(self, number: int) -> str:
        return f"{self.base}/credentials/status/{number}"


@dataclass(frozen=True, slots=True)
class Badge:
    """What the credential says. `code` is the certificate's."""

    code: str
    name: str
    course: str
    course_id: str
    issued_at: datetime
    status_list: int
    status_index: int


def make_issuer(*, public_url: str, name: str, server_key: bytes, badge_keys: tuple[tuple[str, bytes], ...]) -> Issuer:
    seeds = badge_ring(server_key=server_key, badge_keys=badge_keys)
    host = public_url.partition("://")[2]
    return Issuer(
        url=public_url,
        name=name,
        did=f"did:web:{quote(host, safe='')}:api:v1:credentials",
        keys=tuple((kid, Ed25519PrivateKey.from_private_bytes(seed)) for kid, seed in seeds),
    )


def badge_ring(*, server_key: bytes, badge_keys: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, bytes], ...]:
    """Every key with which badges are verified; the derived one is last, unless BADGE_KEYS gives it a place."""
    if any(kid == DERIVED_KEY for kid, _seed in badge_keys):
        return badge_keys
    return (*badge_keys, (DERIVED_KEY, derive(server_key, "badges")))


def sign_badge(issuer: Issuer, badge: Badge) -> str:
    """The credential as a compact JWT (VC-JWT, EdDSA)."""
    ob3 = _load_library()
    credential = ob3.OpenBadgeCredential(
        id=f"{issuer.base}/certificates/{badge.code}/credential",
        name=badge.course,
        issuer=ob3.Issuer(id=issuer.did, name=issuer.name, url=issuer.url),
        recipient_id=None,
        identifiers=[ob3.IdentityObject(identity_hash=badge.name, identity_type="name", hashed=False)],
        achievement=ob3.Achievement(
            id=f"{issuer.base}/courses/{badge.course_id}",
            name=badge.course,
            description=f"Completion of the course {badge.course}.",
            criteria_narrative="Every lesson of the course was completed.",
            achievement_type="CertificateOfCompletion",
        ),
        issuance_date=badge.issued_at,
        credential_status=[ob3.status_entry(issuer.list_url(badge.status_list), "revocation", badge.status_index)],
    )
    return _sign(issuer, credential.to_jwt_payload())


def sign_status_list(issuer: Issuer, number: int, *, revoked: Sequence[int], bits: int, now: datetime) -> str:
    """The list of `bits` bits as a signed credential; a set bit is a revoked certificate."""
    listed = _load_library().build_status_list_credential(
        issuer.did,
        issuer.list_url(number),
        "revocation",
        revoked,
        size_bits=bits,
        issued=now,
        valid_until=now + LIST_LIFETIME,
        ttl=LIST_SECONDS * 1_000,
    )
    claims = {"iss": issuer.did, "jti": listed["id"], "nbf": int(now.timestamp())}
    return _sign(issuer, listed | claims)


def profile(issuer: Issuer) -> dict[str, Any]:
    """The issuer as Open Badges describes it."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": issuer.did,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.url,
    }


def did_document(issuer: Issuer) -> dict[str, Any]:
    """The issuer's public keys; the first one is the key that signs now."""
    methods = [
        {
            "id": f"{issuer.did}#{kid}",
            "type": "JsonWebKey2020",
            "controller": issuer.did,
            "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": _encode(key.public_key().public_bytes_raw())},
        }
        for kid, key in issuer.keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _load_library() -> Any:
    """Its import takes 100 ms and 20 MB, which only a process that signs badges needs."""
    return import_module("openbadgeslib.ob3")


def _sign(issuer: Issuer, payload: dict[str, Any]) -> str:
    kid, key = issuer.keys[0]
    return jwt.encode(payload, key, algorithm="EdDSA", headers={"kid": f"{issuer.did}#{kid}"})


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
