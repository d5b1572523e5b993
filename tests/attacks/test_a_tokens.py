"""Group A, tokens: forged, expired, stolen, raced."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.support.people import API, People, Person

from coursify.core.security import AUDIENCE
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


def _forge(settings: Settings, person: Person, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token signed with our own key, with the given claims; a claim that is ... is left out."""
    kid, seed = settings.keys.jwt_keys[0]
    genuine = jwt.decode(person.access_token, options={"verify_signature": False})
    content = {name: value for name, value in (genuine | claims).items() if value is not ...}
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return jwt.encode(content, key, "EdDSA", headers={"kid": kid, "typ": "at+jwt"} | (headers or {}))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def _status(people: People, token: str) -> int:
    answer = await people.client.get(f"{API}/users/me", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def test_A07_a_forged_token_is_refused(people: People, settings: Settings) -> None:
    ada = await people.sign_up()
    kid, seed = settings.keys.jwt_keys[0]
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    claims = jwt.decode(ada.access_token, options={"verify_signature": False})
    header, payload, signature = ada.access_token.split(".")
    forgeries = [
        f"{_part({'alg': 'none', 'kid': kid, 'typ': 'at+jwt'})}.{payload}.",
        f"{_part({'alg': 'none', 'kid': kid, 'typ': 'at+jwt'})}.{payload}.{signature}",
        jwt.encode(claims, public, "HS256", headers={"kid": kid, "typ": "at+jwt"}),
        jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": kid, "typ": "at+jwt"}),
        _forge(settings, ada, headers={"kid": "../../dev/null"}),
        _forge(settings, ada, headers={"jku": "https://evil.example/jwks.json"}),
        _forge(settings, ada, headers={"x5u": "https://evil.example/x5u"}),
        _forge(settings, ada, headers={"jwk": {"kty": "OKP"}}),
        _forge(settings, ada, headers={"typ": "JWT"}),
        f"{ada.access_token}.{signature}",
        f"{ada.access_token}.",
        f"{header}.{payload}.{'A' * 86}",
        f"{header}.{payload}",
        "",
        "." * 5,
        "x" * 20_000,
    ]
    assert [await _status(people, token) for token in forgeries] == [401] * len(forgeries)
    assert await _status(people, _forge(settings, ada)) == 200


async def test_A08_no_token_works_for_another_purpose(people: People) -> None:
    ada = await people.sign_up()
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    verify = await people.token_from(ada.email, kind="welcome")
    reset = await people.token_from(ada.email, kind="reset_password")
    assert await _status(people, ada.refresh_token) == 401
    assert (await ada.refresh(ada.access_token)).status_code in {401, 422}
    assert (await people.client.post(f"{API}/users/verify-email", json={"token": reset})).status_code == 400
    body = {"token": verify, "password": "another-one-42"}
    assert (await people.client.post(f"{API}/users/reset-password", json=body)).status_code == 400
    assert not await people.value("SELECT email_verified_at FROM users")
    assert (await ada.login()).status_code == 200


async def test_A09_a_token_with_wrong_claims_is_refused(people: People, settings: Settings) -> None:
    ada = await people.sign_up()
    now = int(time.time())
    for claims in (
        {"exp": now - 60, "iat": now - 660},
        {"nbf": now + 600},
        {"iat": now + 600, "exp": now + 1200},
        {"aud": "another-api"},
        {"aud": [AUDIENCE, "another-api"], "iss": "x"},
        {"iss": "https://evil.example"},
        {"exp": ...},
        {"exp": str(now + 600)},
        {"exp": float("1e300")},
        {"exp": True},
        {"sub": 7},
        {"sub": "not-an-id"},
        {"sub": "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"},
        {"sub": ...},
        {"sid": ...},
        {"sid": ["x"]},
        {"jti": ...},
    ):
        assert await _status(people, _forge(settings, ada, **claims)) == 401, claims


async def test_A10_a_suspended_user_is_signed_out_immediately(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    assert await ada.is_signed_in()
    assert (await admin.call("PUT", f"/admin/users/{ada.id}", {"status": "suspended"})).status_code == 200
    assert not await ada.is_signed_in()
    assert (await ada.refresh()).status_code == 401
    assert (await ada.login()).status_code == 401


async def test_A11_a_demotion_takes_effect_within_a_second(people: People) -> None:
    first, second = await people.sign_up("admin"), await people.sign_up("admin")
    assert (await second.call("GET", "/admin/users")).status_code == 200
    assert (await first.call("PUT", f"/admin/users/{second.id}", {"role": "student"})).status_code == 200
    assert (await second.call("GET", "/admin/users")).status_code == 403
    assert (await second.call("GET", "/users/me")).json()["data"]["role"] == "student"


async def test_A12_a_reused_token_ends_the_session_and_notifies_the_owner_once(
    people: People, clock_file: Path
) -> None:
    ada = await people.sign_up()
    child = (await ada.refresh()).json()["data"]["refreshToken"]
    clock_file.write_text("11")
    for _ in range(3):
        assert (await ada.refresh()).status_code == 401
    assert (await ada.refresh(child)).status_code == 401
    assert await people.value("SELECT count(*) FROM security_events WHERE kind = 'token_reused'") == 1
    assert len(await people.emails(ada.email, kind="token_reused")) == 1


async def test_A13_twenty_concurrent_refreshes_get_one_successor(people: People) -> None:
    ada = await people.sign_up()
    answers = await asyncio.gather(*(ada.refresh() for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["refreshToken"] for answer in answers}) == 1
    live = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL"
    assert await people.value(live) == 1
    assert await ada.is_signed_in()


async def test_A14_a_logout_invalidates_both_tokens(people: People) -> None:
    ada = await people.sign_up()
    assert await ada.is_signed_in()
    assert (await ada.call("POST", "/users/logout")).status_code == 200
    assert not await ada.is_signed_in()
    assert (await ada.refresh()).status_code == 401


async def test_A15_a_password_change_ends_all_other_sessions(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    assert await other.is_signed_in()
    body = {"currentPassword": ada.password, "password": "another-one-42"}
    assert (await ada.call("PUT", "/users/me/password", body)).status_code == 200
    assert not await other.is_signed_in()
    assert (await other.refresh()).status_code == 401
    assert await ada.is_signed_in()
    assert (await ada.login()).status_code == 401
    assert (await ada.login(password="another-one-42")).status_code == 200
    assert len(await people.emails(ada.email, kind="password_changed")) == 1


async def test_A30_a_session_ends_after_thirty_days_however_often_it_was_refreshed(
    people: People, clock_file: Path
) -> None:
    ada = await people.sign_up()
    token = ada.refresh_token
    for days in (10, 20, 29):
        clock_file.write_text(str(timedelta(days=days).total_seconds()))
        answer = await ada.refresh(token)
        assert answer.status_code == 200, days
        token = answer.json()["data"]["refreshToken"]
    clock_file.write_text(str(timedelta(days=30, minutes=1).total_seconds()))
    assert (await ada.refresh(token)).status_code == 401


async def test_A30_a_session_ends_after_fourteen_days_without_use(people: People, clock_file: Path) -> None:
    ada = await people.sign_up()
    clock_file.write_text(str(timedelta(days=14, minutes=1).total_seconds()))
    assert (await ada.refresh()).status_code == 401
