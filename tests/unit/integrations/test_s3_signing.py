"""Our signed addresses of S3 are those of botocore."""

from __future__ import annotations

from datetime import UTC, datetime

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from coursify.integrations.s3_signing import Signer

NOW = datetime(2026, 11, 26, 10, 30, 1, tzinfo=UTC)
SIGNER = Signer("https://s3.eu-central-1.amazonaws.com", "school", "eu-central-1", "AKIA7", "a/secret+key")


@pytest.mark.parametrize("key", ["a", "folder/original", "f-_.~/00001.ts", "with space", "ünï", "a+b&c=d", "100%"])
@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", {}),
        ("PUT", {"partNumber": "7", "uploadId": "a~b/c+d=="}),
        ("POST", {"uploads": ""}),
        ("GET", {"uploadId": "x", "part-number-marker": "1000"}),
        ("GET", {"response-content-disposition": "attachment; filename*=UTF-8''a%20b.pdf"}),
    ],
)
@pytest.mark.parametrize("seconds", [1, 604_800])
def test_an_address_is_signed_as_botocore_signs_it(
    monkeypatch: pytest.MonkeyPatch, method: str, key: str, query: dict[str, str], seconds: int
) -> None:
    ours = SIGNER.sign(method, key, seconds=seconds, now=NOW, query=query)
    assert signature_of(ours) == signature_of(theirs(monkeypatch, method, key, query, seconds))


def theirs(monkeypatch: pytest.MonkeyPatch, method: str, key: str, query: dict[str, str], seconds: int) -> str:
    unsigned = Signer(SIGNER.endpoint, SIGNER.bucket, "", "", "").sign(method, key, seconds=1, now=NOW)
    request = AWSRequest(method=method, url=unsigned.partition("?")[0], params=query)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: NOW.replace(tzinfo=None))
    credentials = Credentials(SIGNER.access_key_id, SIGNER.secret_access_key)
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", SIGNER.region, expires=seconds).add_auth(request)
    return str(request.url)


def signature_of(url: str) -> dict[str, str]:
    """The parts of the query, whatever their order."""
    path, _, query = url.partition("?")
    return {"path": path} | dict(part.split("=", 1) for part in query.split("&"))


def test_the_secret_is_not_in_the_representation() -> None:
    assert SIGNER.secret_access_key not in repr(SIGNER)
