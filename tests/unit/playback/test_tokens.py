"""The signed part of an address has one spelling, expires, and survives a rotation of the keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from coursify.modules.playback.tokens import PlaybackTokens

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = ("e1", b"1" * 32), ("e2", b"2" * 32)
SESSION = UUID("0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70")


@pytest.fixture
def token() -> str:
    return PlaybackTokens((OLD,)).sign(SESSION, expires_at=NOW + timedelta(hours=12))


def test_a_token_leads_to_its_session_until_it_expires(token: str) -> None:
    tokens = PlaybackTokens((OLD,))
    assert tokens.read(token, now=NOW) == SESSION
    assert tokens.read(token, now=NOW + timedelta(hours=12, seconds=-1)) == SESSION
    assert tokens.read(token, now=NOW + timedelta(hours=12)) is None


def test_every_key_of_the_ring_verifies_and_the_first_one_signs(token: str) -> None:
    assert PlaybackTokens((NEW, OLD)).read(token, now=NOW) == SESSION
    assert PlaybackTokens((NEW,)).read(token, now=NOW) is None
    renewed = PlaybackTokens((NEW, OLD)).sign(SESSION, expires_at=NOW + timedelta(hours=1))
    assert PlaybackTokens((NEW,)).read(renewed, now=NOW) == SESSION


def test_another_spelling_is_another_token(token: str) -> None:
    tokens = PlaybackTokens((OLD,))
    session, expiry, signature = token.split(".")
    for changed in (
        token.upper(),
        f" {token}",
        f"{token}\n",
        f"{token}=",
        f"{SESSION}.{expiry}.{signature}",
        f"{session}.0{expiry}.{signature}",
        f"{session}.{expiry}.{signature[:-1]}",
        f"{uuid4().hex}.{expiry}.{signature}",
        f"{session}.{int(expiry) + 1}.{signature}",
        "",
        "..",
        "٣" * 32 + token[32:],
    ):
        assert tokens.read(changed, now=NOW) is None, changed


def test_the_last_letter_of_a_signature_has_no_other_spelling(token: str) -> None:
    """43 letters have 258 bits, of which a decoder would ignore two."""
    tokens = PlaybackTokens((OLD,))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [letter for letter in letters if tokens.read(token[:-1] + letter, now=NOW)] == [token[-1]]
