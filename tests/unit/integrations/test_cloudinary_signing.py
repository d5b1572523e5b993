"""Our signatures of Cloudinary are those of its own library."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import cloudinary.utils
import pytest

from coursify.integrations.cloudinary_signing import Account

NOW = datetime(2026, 11, 26, 10, 30, 1, tzinfo=UTC)
ACCOUNT = Account("school", "123456789", "a-secret_of")


@pytest.mark.parametrize(
    "fields",
    [
        {"public_id": "folder/original", "type": "authenticated", "overwrite": "false"},
        {"public_id": "a&type=upload", "notification_url": "https://a.example.com/x?y=1&z=2"},
        {"public_id": "ünï – ☃", "context": "", "tags": "a,b"},
    ],
)
def test_a_form_is_signed_as_the_library_signs_it(fields: dict[str, str]) -> None:
    form = ACCOUNT.sign_form(fields, now=NOW)
    signed = fields | {"timestamp": str(int(NOW.timestamp()))}
    theirs = cloudinary.utils.api_sign_request(signed, ACCOUNT.api_secret, "sha256")
    assert form == signed | {"api_key": ACCOUNT.api_key, "signature": theirs}


@pytest.mark.parametrize("kind", ["image", "video", "raw"])
@pytest.mark.parametrize("transformation", ["", "c_limit,h_320,w_320", "fl_attachment:a_pdf"])
@pytest.mark.parametrize("name", ["f-_/original", "v12abc/original", "w_100/00001.ts", "e" * 32 + "/a.webp"])
def test_an_address_is_signed_as_the_library_signs_it(kind: str, transformation: str, name: str) -> None:
    theirs, _options = cloudinary.utils.cloudinary_url(
        name,
        resource_type=kind,
        type="authenticated",
        raw_transformation=transformation,
        version="1",
        sign_url=True,
        long_url_signature=True,
        api_secret=ACCOUNT.api_secret,
        cloud_name=ACCOUNT.cloud,
        secure=True,
    )
    assert f"https://res.cloudinary.com/{ACCOUNT.sign_path(kind, name, transformation)}" == theirs


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("age", [0, 7_100, 7_300])
@pytest.mark.parametrize("sent", ['{"public_id": "ü/original"}', '{"public_id": "ü/0riginal"}'])
def test_a_notification_is_verified_as_the_library_verifies_it(
    monkeypatch: pytest.MonkeyPatch, algorithm: str, age: int, sent: str
) -> None:
    config: Any = SimpleNamespace(api_secret=ACCOUNT.api_secret, signature_algorithm=algorithm)
    monkeypatch.setattr(cloudinary, "config", lambda: config)
    body, stamp = '{"public_id": "ü/original"}', str(int(time.time()) - age)
    signature = cloudinary.utils.compute_hex_hash(f"{body}{stamp}{ACCOUNT.api_secret}", algorithm)
    theirs = cloudinary.utils.verify_notification_signature(sent, stamp, signature)
    ours = ACCOUNT.is_notification(sent.encode(), timestamp=stamp, signature=signature, now=datetime.now(UTC))
    assert ours is theirs is (age < 7_200 and sent == body)


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1e9", "١٧٦٤", "9" * 30, str(int(NOW.timestamp()) + 301)])
def test_a_wrong_time_is_refused(timestamp: str) -> None:
    signature = cloudinary.utils.compute_hex_hash(f"x{timestamp}{ACCOUNT.api_secret}", "sha1")
    assert not ACCOUNT.is_notification(b"x", timestamp=timestamp, signature=signature, now=NOW)


@pytest.mark.parametrize("signature", ["", "é" * 40, "0" * 39, "0" * 40, "0" * 64, "0" * 128])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    stamp = str(int((NOW - timedelta(seconds=1)).timestamp()))
    assert not ACCOUNT.is_notification(b"x", timestamp=stamp, signature=signature, now=NOW)


def test_an_account_hides_its_secret() -> None:
    account = Account.of("cloudinary://123456789:a-secret_of@school")
    assert account == ACCOUNT
    assert "secret" not in repr(account)
