"""Tokens that are derived from the server key."""

from __future__ import annotations

import base64
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from coursify.core.crypto import Sealer, derive
from coursify.modules.identity.challenges import read_challenge, write_challenge
from coursify.modules.identity.errors import InvalidChallenge
from coursify.modules.identity.limits import login_buckets
from coursify.modules.identity.models import Credentials
from coursify.modules.identity.tokens import (
    device_token,
    first_refresh_token,
    known_device,
    one_time_token,
    successor_of,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_token_is_derived_from_its_id_and_the_server_key() -> None:
    token_id = uuid4()
    assert one_time_token(KEY, token_id) == one_time_token(KEY, token_id)
    assert len({one_time_token(KEY, token_id), one_time_token(OTHER_KEY, token_id), one_time_token(KEY, uuid4())}) == 3


def test_a_successor_is_derived_from_the_parent_and_its_own_id() -> None:
    parent, child_id = first_refresh_token(), uuid4()
    assert successor_of(KEY, parent, child_id) == successor_of(KEY, parent, child_id)
    others = {successor_of(KEY, first_refresh_token(), child_id), successor_of(OTHER_KEY, parent, child_id)}
    assert successor_of(KEY, parent, child_id) not in others


def test_a_device_token_is_valid_for_its_user_until_a_reset() -> None:
    user_id = uuid4()
    token = device_token(KEY, user_id=user_id, sessions_valid_after=NOW)
    device_id = known_device(KEY, token, user_id=user_id, sessions_valid_after=NOW)
    assert device_id
    assert device_token(KEY, user_id=user_id, sessions_valid_after=NOW, device_id=device_id) == token
    assert known_device(KEY, token, user_id=uuid4(), sessions_valid_after=NOW) is None
    assert known_device(OTHER_KEY, token, user_id=user_id, sessions_valid_after=NOW) is None
    assert known_device(KEY, token, user_id=user_id, sessions_valid_after=NOW + timedelta(1)) is None


@pytest.mark.parametrize("token", [None, "", "x", "ü" * 64, "A" * 64, "A" * 1_000])
def test_an_invalid_device_token_identifies_no_device(token: str | None) -> None:
    assert known_device(KEY, token, user_id=uuid4(), sessions_valid_after=NOW) is None


def test_a_challenge_can_be_read_for_five_minutes() -> None:
    sealer = Sealer((("e1", KEY),))
    credentials = Credentials(uuid4(), "hash", "active", None, NOW)
    for device_id in (None, uuid4()):
        challenge = write_challenge(sealer, credentials=credentials, device_id=device_id, now=NOW)
        read = read_challenge(sealer, challenge, now=NOW + timedelta(minutes=5))
        assert (read.user_id, read.device_id) == (credentials.user_id, device_id)
        assert read.matches(credentials)
        confirmed = dataclasses.replace(credentials, email_verified_at=NOW)
        assert read.matches(confirmed)
        changes: list[dict[str, Any]] = [
            {"password_hash": "another"},
            {"sessions_valid_after": NOW + timedelta(seconds=1)},
            {"status": "suspended"},
        ]
        assert not any(read.matches(dataclasses.replace(credentials, **change)) for change in changes)
        with pytest.raises(InvalidChallenge):
            read_challenge(sealer, challenge, now=NOW + timedelta(minutes=5, seconds=1))
        with pytest.raises(InvalidChallenge):
            read_challenge(Sealer((("e1", OTHER_KEY),)), challenge, now=NOW)


@pytest.mark.parametrize("challenge", ["", "x", "AAAA", "ü", "Amux" * 10])
def test_an_invalid_challenge_is_refused(challenge: str) -> None:
    with pytest.raises(InvalidChallenge):
        read_challenge(Sealer((("e1", KEY),)), challenge, now=NOW)


def test_an_unverified_device_does_not_change_the_counters() -> None:
    unknown = login_buckets(KEY, email_canonical="ada@example.com", client_address="203.0.113.1", device_id=None)
    assert [bucket.rate.name for bucket in unknown] == ["login-address", "login-account", "login-both"]
    assert not any("ada" in bucket.name for bucket in unknown)
    known = login_buckets(KEY, email_canonical="ada@example.com", client_address="203.0.113.1", device_id=uuid4())
    assert [bucket.rate.name for bucket in known] == ["login-address", "login-device"]


def test_every_token_has_a_purpose_of_its_own() -> None:
    """The exact formulas: a change would invalidate all tokens, and purposes must stay separate."""
    some_id, person = uuid4(), uuid4()

    def text(*raw: bytes) -> str:
        return base64.urlsafe_b64encode(b"".join(raw)).decode().rstrip("=")

    assert successor_of(KEY, "the-parent", some_id) == text(derive(KEY, "refresh", "the-parent", str(some_id)))
    assert one_time_token(KEY, some_id) == text(derive(KEY, "one-time", str(some_id)))
    marked = device_token(KEY, user_id=person, sessions_valid_after=NOW, device_id=some_id)
    assert marked == text(some_id.bytes, derive(KEY, "device", str(person), str(some_id), NOW.isoformat()))
    assert known_device(KEY, marked, user_id=person, sessions_valid_after=NOW) == some_id
