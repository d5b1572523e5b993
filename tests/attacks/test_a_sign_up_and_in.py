"""Group A, sign-up and sign-in: enumeration, roles, passwords, races."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import httpx
import pytest
from tests.support.people import API, PASSWORD, People

pytestmark = pytest.mark.anyio

PERSON = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
_VARYING = {"x-request-id", "ratelimit", "date"}


async def test_A01_a_wrong_password_and_an_unknown_address_get_the_same_response(people: People) -> None:
    await people.sign_up(email="ada@example.com")
    answers: dict[str, list[httpx.Response]] = {"ada@example.com": [], "eve@example.com": []}
    seconds: dict[str, list[float]] = {email: [] for email in answers}
    for _ in range(12):
        for email, given in answers.items():
            started = time.perf_counter()
            answer = await people.client.post(f"{API}/users/login", json={"email": email, "password": "wrong-one-42"})
            seconds[email].append(time.perf_counter() - started)
            given.append(answer)
    known, unknown = answers.values()
    assert {answer.status_code for answer in known + unknown} == {401}
    assert _without_id(known[0].json()) == _without_id(unknown[0].json())
    assert _headers(known[0]) == _headers(unknown[0])
    medians = [statistics.median(times) for times in seconds.values()]
    assert max(medians) < min(medians) * 1.6


async def test_A02_every_spelling_of_a_taken_email_address_is_taken(people: People) -> None:
    ada = await people.sign_up(email="strasse.ada@example.com")
    for email in ("STRASSE.ADA@example.com", "  strasse.ada@EXAMPLE.COM ", "stra\u00dfe.ada@example.com"):
        answer = await people.client.post(f"{API}/users/register", json=PERSON | {"email": email})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")
    assert await people.value("SELECT count(*) FROM users") == 1
    assert (await ada.login()).status_code == 200


async def test_A02_probing_for_addresses_ends_after_ten(people: People, strict_client: httpx.AsyncClient) -> None:
    await people.sign_up(email="ada@example.com")
    statuses = [(await strict_client.post(f"{API}/users/register", json=PERSON)).status_code for _ in range(12)]
    assert statuses == [409] * 10 + [429] * 2


async def test_many_sign_ups_behind_one_client_address_are_not_limited(strict_client: httpx.AsyncClient) -> None:
    bodies = [PERSON | {"email": f"pupil{number}@example.com"} for number in range(25)]
    answers = await asyncio.gather(*(strict_client.post(f"{API}/users/register", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}


@pytest.mark.parametrize(
    "extra",
    [
        {"role": "admin"},
        {"emailVerified": True},
        {"email_verified": True},
        {"id": "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"},
        {"token_version": 7},
        {"stripe_customer_id": "cus_1"},
    ],
)
async def test_A03_a_sign_up_with_other_fields_is_refused(people: People, extra: dict[str, Any]) -> None:
    answer = await people.client.post(f"{API}/users/register", json=PERSON | extra)
    assert answer.status_code == 422
    assert await people.value("SELECT count(*) FROM users") == 0


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("short-7", 422),
        ("password", 422),
        ("letmein!", 201),
        ("no1special", 422),
        ("a-" * 32, 201),
        ("a-" * 64 + "!", 422),
        ("a!" * 524_300, 413),
    ],
)
async def test_A04_short_long_and_common_passwords_are_refused(people: People, password: str, status: int) -> None:
    started = time.perf_counter()
    answer = await people.client.post(f"{API}/users/register", json=PERSON | {"password": password})
    assert answer.status_code == status, answer.text
    if status != 201:
        assert time.perf_counter() - started < 0.5
        assert await people.value("SELECT count(*) FROM users") == 0


@pytest.mark.parametrize(
    "password",
    ["x" * 72 + "!right", "  spaces around !  ", "emoji \U0001f511 key", "e\u0301-decomposed!", "tab\tinside!!"],
)
async def test_A05_a_password_is_verified_exactly_as_typed(people: People, password: str) -> None:
    ada = await people.sign_up(password=password)
    assert (await ada.login()).status_code == 200
    for other in ("x" * 72 + "!wrong", password + " ", password.strip() + "?", password[:-1]):
        assert (await ada.login(password=other)).status_code == 401


async def test_A06_twenty_concurrent_sign_ups_create_one_account(people: People) -> None:
    spellings = ["User@X.io", "user@x.io ", " USER@x.IO", "user@X.io"] * 5
    answers = await asyncio.gather(
        *(people.client.post(f"{API}/users/register", json=PERSON | {"email": email}) for email in spellings)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert await people.value("SELECT count(*) FROM users") == 1


async def test_A24_the_owner_of_an_email_address_can_take_over_its_account(people: People) -> None:
    squatter = await people.sign_up(email="victim@example.com")
    await people.client.post(f"{API}/users/forgot-password", json={"email": "victim@example.com"})
    token = await people.token_from("victim@example.com", kind="reset_password")
    body = {"token": token, "password": "victims-own-42"}
    assert (await people.client.post(f"{API}/users/reset-password", json=body)).status_code == 200
    assert not await squatter.is_signed_in()
    assert (await squatter.refresh()).status_code == 401
    assert (await squatter.login()).status_code == 401
    assert (await squatter.login(password="victims-own-42")).status_code == 200


@pytest.mark.parametrize("email", [["a@example.com"], {"$gt": ""}, 7, None, True, ""])
async def test_A28_an_address_of_another_type_is_refused(people: People, email: Any) -> None:
    answer = await people.client.post(f"{API}/users/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 422


@pytest.mark.parametrize("password", [["x"], {"$ne": 1}, 12_345_678, None, True])
async def test_A28_a_password_of_another_type_is_refused(people: People, password: Any) -> None:
    answer = await people.client.post(f"{API}/users/login", json={"email": "ada@example.com", "password": password})
    assert answer.status_code == 422


def _without_id(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"error": body["error"] | {"requestId": ""}}


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _VARYING}
