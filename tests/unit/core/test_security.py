"""Passwords and access tokens, without a database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import bcrypt
import jwt
import pytest
from argon2 import PasswordHasher

from coursify.core import security
from coursify.core.clock import Clock
from coursify.core.errors import TooManyRequests, Unauthorized
from coursify.core.security import AccessTokens, Passwords

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made._threads.shutdown()


@pytest.fixture
def tokens() -> AccessTokens:
    return AccessTokens((NEW, OLD), issuer="http://testserver", clock=Clock())


@pytest.mark.anyio
async def test_a_password_verifies_against_its_own_hash_alone(passwords: Passwords) -> None:
    stored = await passwords.hash("correct-horse-42")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify("correct-horse-42", stored)
    assert not await passwords.verify("Correct-horse-42", stored)
    assert not passwords.is_outdated(stored)


@pytest.mark.anyio
@pytest.mark.parametrize("stored", [None, "", "not a hash", "$2b$04$short", "$argon2id$broken"])
async def test_no_password_verifies_without_a_hash(passwords: Passwords, stored: str | None) -> None:
    assert not await passwords.verify("anything", stored)


@pytest.mark.anyio
async def test_an_imported_bcrypt_hash_verifies_and_is_outdated(passwords: Passwords) -> None:
    stored = bcrypt.hashpw(b"correct-horse-42", bcrypt.gensalt(4)).decode()
    assert await passwords.verify("correct-horse-42", stored)
    assert not await passwords.verify("wrong-horse-42", stored)
    assert passwords.is_outdated(stored)
    long = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert await passwords.verify("x" * 100, long)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("x"))


@pytest.mark.anyio
async def test_a_full_queue_rejects_further_calls() -> None:
    small = Passwords(threads=1, queue=1)
    results = await asyncio.gather(*(small.hash("x") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, TooManyRequests) for result in results) == 3
    assert await small.hash("x")
    small._threads.shutdown()


def test_a_token_has_its_user_session_and_expiry(tokens: AccessTokens) -> None:
    user_id, session_id, now = uuid4(), uuid4(), datetime.now(UTC)
    token = tokens.issue(user_id=user_id, session_id=session_id, now=now)
    claims = tokens.read(token)
    assert (claims.user_id, claims.session_id) == (user_id, session_id)
    assert claims.expires_at - claims.issued_at == 600
    assert tokens.read(token) is claims
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "kid": "new", "typ": "at+jwt"}


def test_a_token_of_an_older_key_is_valid_until_that_key_is_removed(tokens: AccessTokens) -> None:
    before = AccessTokens((OLD,), issuer="http://testserver", clock=Clock())
    token = before.issue(user_id=uuid4(), session_id=uuid4(), now=datetime.now(UTC))
    assert tokens.read(token)
    after = AccessTokens((NEW,), issuer="http://testserver", clock=Clock())
    with pytest.raises(Unauthorized):
        after.read(token)


def test_a_cached_token_still_expires(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    tokens = AccessTokens((NEW,), issuer="http://testserver", clock=Clock(offset))
    token = tokens.issue(user_id=uuid4(), session_id=uuid4(), now=datetime.now(UTC))
    assert tokens.read(token)
    offset.write_text(str(timedelta(minutes=10, seconds=10).total_seconds()))
    with pytest.raises(Unauthorized):
        tokens.read(token)


def test_the_cache_of_tokens_is_bounded(tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "_CACHED_TOKENS", 3)
    now = datetime.now(UTC)
    made = [tokens.issue(user_id=uuid4(), session_id=uuid4(), now=now) for _ in range(5)]
    for token in made:
        tokens.read(token)
    assert list(tokens._verified) == made[2:]


def test_the_published_keys_verify_and_cannot_sign(tokens: AccessTokens) -> None:
    published = tokens.public_keys()["keys"]
    assert [key["kid"] for key in published] == ["new", "old"]
    assert all(key.keys() == {"crv", "kty", "x", "kid", "use", "alg"} for key in published)
    token = tokens.issue(user_id=uuid4(), session_id=uuid4(), now=datetime.now(UTC))
    key = jwt.PyJWK.from_dict(published[0])
    assert jwt.decode(token, key, algorithms=["EdDSA"], audience=security.AUDIENCE, issuer="http://testserver")
