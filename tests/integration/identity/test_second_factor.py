"""Two-factor authentication: setup, sign-in, recovery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from tests.support.application import changed_settings
from tests.support.people import API, People, Person

pytestmark = pytest.mark.anyio


async def _armed(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """Sets up a second factor; returns the authenticator, a used code and the recovery codes."""
    begun = await person.call("POST", "/users/me/totp")
    assert begun.status_code == 201, begun.text
    assert begun.json()["data"]["uri"].startswith("otpauth://totp/Coursify:")
    totp = pyotp.TOTP(begun.json()["data"]["secret"])
    confirmed = await person.call(
        "POST", "/users/me/totp/confirm", {"code": totp.at(datetime.now(UTC) - timedelta(seconds=30))}
    )
    assert confirmed.status_code == 200, confirmed.text
    return totp, confirmed.json()["data"]["recoveryCodes"]


async def _challenge(person: Person) -> str:
    answer = await person.login()
    assert answer.status_code == 401
    return str(answer.json()["error"]["challenge"])


async def _answer(person: Person, **body: Any) -> httpx.Response:
    return await person.client.post(f"{API}/users/login/second-factor", json=body)


async def test_a_code_completes_the_sign_in(people: People) -> None:
    ada = await people.sign_up()
    totp, _codes = await _armed(ada)
    answer = await _answer(ada, challenge=await _challenge(ada), code=totp.now())
    assert answer.status_code == 200
    assert answer.json()["data"]["deviceToken"]
    assert len(await people.emails(ada.email, kind="second_factor_enabled")) == 1


async def test_each_recovery_code_is_valid_once(people: People) -> None:
    ada = await people.sign_up()
    _totp, codes = await _armed(ada)
    assert len(set(codes)) == 10
    challenge = await _challenge(ada)
    assert (await _answer(ada, challenge=challenge, code=codes[0].lower().replace("-", " "))).status_code == 200
    assert (await _answer(ada, challenge=challenge, code=codes[0])).status_code == 401
    assert (await _answer(ada, challenge=challenge, code=codes[1])).status_code == 200
    assert len(await people.emails(ada.email, kind="recovery_code_used")) == 2


async def test_the_secret_is_stored_sealed_and_recovery_codes_as_hashes(people: People) -> None:
    ada = await people.sign_up()
    totp, codes = await _armed(ada)
    stored = await people.value("SELECT encode(secret, 'escape') FROM second_factors")
    assert totp.secret not in stored
    hashes = await people.value("SELECT string_agg(encode(code_hash, 'escape'), ' ') FROM recovery_codes")
    assert not any(code in hashes for code in codes)


async def test_a_challenge_is_valid_for_five_minutes(people: People, clock_file: Path) -> None:
    ada = await people.sign_up()
    totp, _codes = await _armed(ada)
    challenge = await _challenge(ada)
    clock_file.write_text("301")
    late = await _answer(ada, challenge=challenge, code=totp.at(datetime.now(UTC) + timedelta(seconds=301)))
    assert (late.status_code, late.json()["error"]["code"]) == (401, "invalid_challenge")


@pytest.mark.parametrize("challenge", ["x", "AAAA", "!" * 40, "A" * 900])
async def test_an_invalid_challenge_is_refused(people: People, challenge: str) -> None:
    ada = await people.sign_up()
    answer = await _answer(ada, challenge=challenge, code="123456")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_challenge")


async def test_a_reset_password_ends_an_open_challenge(people: People) -> None:
    ada = await people.sign_up()
    await people.client.post(
        f"{API}/users/verify-email", json={"token": await people.token_from(ada.email, kind="welcome")}
    )
    totp, _codes = await _armed(ada)
    challenge = await _challenge(ada)
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    token = await people.token_from(ada.email, kind="reset_password")
    body = {"token": token, "password": "another-one-42"}
    assert (await people.client.post(f"{API}/users/reset-password", json=body)).status_code == 200
    assert (await _answer(ada, challenge=challenge, code=totp.now())).status_code == 401
    assert (await ada.login(password="another-one-42")).json()["error"]["code"] == "second_factor_required"


async def test_a_reset_of_an_unconfirmed_account_deletes_its_second_factor(people: People) -> None:
    squatter = await people.sign_up()
    await _armed(squatter)
    await people.client.post(f"{API}/users/forgot-password", json={"email": squatter.email})
    token = await people.token_from(squatter.email, kind="reset_password")
    body = {"token": token, "password": "another-one-42"}
    assert (await people.client.post(f"{API}/users/reset-password", json=body)).status_code == 200
    assert (await squatter.login(password="another-one-42")).status_code == 200


async def test_setting_it_up_twice_is_refused_and_removing_it_needs_a_step_up(people: People, clock_file: Path) -> None:
    ada = await people.sign_up()
    totp, _codes = await _armed(ada)
    assert (await ada.call("POST", "/users/me/totp")).json()["error"]["code"] == "second_factor_exists"
    again = await ada.call("POST", "/users/me/totp/confirm", {"code": totp.now()})
    assert again.json()["error"]["code"] == "second_factor_exists"
    ada.session |= (await _later(ada, clock_file, minutes=11)).json()["data"]
    assert (await ada.call("DELETE", "/users/me/totp")).json()["error"]["code"] == "step_up_required"
    code = totp.at(datetime.now(UTC) + timedelta(minutes=11))
    assert (await ada.call("POST", "/users/me/step-up", {"password": ada.password})).status_code == 403
    wrong = {"password": "wrong-one-42", "code": code}
    assert (await ada.call("POST", "/users/me/step-up", wrong)).json()["error"]["code"] == "wrong_password"
    right = {"password": ada.password, "code": code}
    assert (await ada.call("POST", "/users/me/step-up", right)).status_code == 200
    assert (await ada.call("DELETE", "/users/me/totp")).status_code == 200
    assert (await ada.login()).status_code == 200


async def test_an_open_challenge_ends_with_the_second_factor(people: People) -> None:
    ada = await people.sign_up()
    totp, codes = await _armed(ada)
    challenge = await _challenge(ada)
    assert (await ada.call("DELETE", "/users/me/totp")).status_code == 200
    for code in (totp.now(), codes[0]):
        assert (await _answer(ada, challenge=challenge, code=code)).status_code == 401


async def _later(person: Person, clock_file: Path, *, minutes: int) -> httpx.Response:
    """Moves the clock and refreshes the session, which does not confirm the password."""
    clock_file.write_text(str(minutes * 60))
    return await person.refresh()


async def test_a_wrong_first_code_enables_nothing(people: People) -> None:
    ada = await people.sign_up()
    assert (await ada.call("POST", "/users/me/totp/confirm", {"code": "123456"})).status_code == 409
    await ada.call("POST", "/users/me/totp")
    assert (await ada.call("POST", "/users/me/totp/confirm", {"code": "abcdef"})).status_code == 403
    assert (await ada.login()).status_code == 200


@pytest.fixture
def required_for_admins(app: FastAPI) -> Iterator[None]:
    with changed_settings(app, require_admin_second_factor=True):
        yield


async def test_an_admin_without_a_required_second_factor_is_refused(people: People, required_for_admins: None) -> None:
    admin = await people.sign_up("admin")
    other = await people.sign_up()
    refused = await admin.call("GET", "/admin/users")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_missing")
    assert (await admin.call("DELETE", f"/users/{other.id}")).status_code == 404
    assert (await other.call("GET", "/admin/users")).json()["error"]["code"] == "forbidden"
    await _armed(admin)
    assert (await admin.call("GET", "/admin/users")).status_code == 200
