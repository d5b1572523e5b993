"""Group A, guessing: limits per account and client address; the owner can still sign in."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from tests.support.people import API, People

pytestmark = pytest.mark.anyio


async def _guess(client: httpx.AsyncClient, email: str, password: str = "wrong-one-42", **headers: str) -> int:
    body = {"email": email, "password": password}
    return (await client.post(f"{API}/users/login", json=body, headers=headers)).status_code


async def test_A21_guesses_end_after_ten_whatever_client_addresses_are_claimed(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up()
    statuses = [
        await _guess(strict_client, ada.email, **{"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(30)
    ]
    assert statuses.count(401) <= 10
    assert set(statuses[10:]) == {429}
    assert await _guess(strict_client, ada.email.upper(), ada.password) == 429


async def test_A21_a_limited_response_says_when_to_retry(people: People, strict_client: httpx.AsyncClient) -> None:
    for _ in range(11):
        answer = await strict_client.post(
            f"{API}/users/login", json={"email": "ada@example.com", "password": "wrong-one-42"}
        )
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 900
    assert f'"attempts";r=0;t={answer.headers["Retry-After"]}' in answer.headers.get_list("ratelimit")
    assert answer.json()["error"]["code"] == "too_many_requests"


async def test_A22_one_client_address_has_a_hundred_guesses_an_hour(strict_client: httpx.AsyncClient) -> None:
    statuses = Counter([await _guess(strict_client, f"somebody{number}@example.com") for number in range(130)])
    assert statuses[401] <= 100
    assert statuses[429] >= 30


async def test_A23_the_owner_signs_in_on_a_known_device_while_others_guess(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up()
    device = (await ada.login()).json()["data"]["deviceToken"]
    for _ in range(12):
        await _guess(strict_client, ada.email)
    assert await _guess(strict_client, ada.email, ada.password) == 429
    assert await _guess(strict_client, ada.email, ada.password, **{"X-Device-Token": device[:-2]}) == 429
    assert await _guess(strict_client, ada.email, ada.password, **{"X-Device-Token": device}) == 200


async def test_A23_a_device_token_of_another_user_is_invalid(people: People, strict_client: httpx.AsyncClient) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    device = (await eve.login()).json()["data"]["deviceToken"]
    statuses = [await _guess(strict_client, ada.email, **{"X-Device-Token": device}) for _ in range(12)]
    assert statuses.count(401) <= 10


async def test_right_passwords_are_not_counted(people: People, strict_client: httpx.AsyncClient) -> None:
    ada = await people.sign_up()
    statuses = [await _guess(strict_client, ada.email, ada.password) for _ in range(14)]
    assert set(statuses) == {200}


async def test_A29_a_code_is_valid_once_and_guesses_end_after_six(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up()
    secret = (await ada.call("POST", "/users/me/totp")).json()["data"]["secret"]
    totp, now = pyotp.TOTP(secret), datetime.now(UTC)
    first = {"code": totp.at(now - timedelta(seconds=30))}
    assert (await ada.call("POST", "/users/me/totp/confirm", first)).status_code == 200
    login = {"email": ada.email, "password": ada.password}
    refused = await strict_client.post(f"{API}/users/login", json=login)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "second_factor_required")
    challenge = refused.json()["error"]["challenge"]

    async def answer(code: str) -> int:
        body = {"challenge": challenge, "code": code}
        return (await strict_client.post(f"{API}/users/login/second-factor", json=body)).status_code

    code = totp.at(now)
    assert await answer(code) == 200
    assert await answer(code) == 401
    wrong = [await answer("000000" if code != "000000" else "111111") for _ in range(20)]
    assert wrong.count(401) <= 6
    assert set(wrong[6:]) == {429}
    assert await answer(totp.at(now + timedelta(seconds=30))) == 429
