from __future__ import annotations

import httpx
import pytest
from tests.support.mailbox import Mailbox

from coursify.core.database import Connection
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

PERSON = {"name": "Ada Example", "email": "ada@example.com", "password": "correct-horse-42"}


async def test_signing_up_gives_a_session_and_a_student(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/users/register", json=PERSON)
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    assert data["user"]["role"] == "student"
    assert data["user"]["emailVerified"] is False
    assert data["tokenType"] == "Bearer"
    assert data["expiresIn"] == 600
    me = await client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {data['accessToken']}"})
    assert me.status_code == 200
    assert me.json()["data"] == data["user"] | {"todo": ["confirm_email"]}


async def test_the_welcome_email_has_a_link_to_confirm_the_address(
    client: httpx.AsyncClient, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    user_id = (await client.post("/api/v1/users/register", json=PERSON)).json()["data"]["user"]["id"]
    await run_jobs()
    [email] = mailbox.messages()
    assert email["messageKey"] == f"welcome:{user_id}"
    assert "http://testserver/verify-email?token=" in email["text"]


async def test_an_address_that_folds_to_one_that_exists_is_taken(client: httpx.AsyncClient, db: Connection) -> None:
    await client.post("/api/v1/users/register", json=PERSON)
    for spelling in ("ADA@example.com", " ada@EXAMPLE.com ", "ａda@example.com"):
        answer = await client.post("/api/v1/users/register", json=PERSON | {"email": spelling})
        assert answer.status_code == 409, spelling
        assert answer.json()["error"]["code"] == "email_taken"
    count = await (await db.execute("SELECT count(*) FROM users")).fetchone()
    assert count == (1,)


async def test_signing_in_takes_the_password_exactly_as_typed(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/users/register", json=PERSON)
    answer = await client.post("/api/v1/users/login", json={"email": "Ada@Example.com", "password": PERSON["password"]})
    assert answer.status_code == 200
    assert answer.json()["data"]["deviceToken"]
    wrong = await client.post("/api/v1/users/login", json={"email": PERSON["email"], "password": "Correct-horse-42"})
    unknown = await client.post("/api/v1/users/login", json={"email": "eve@example.com", "password": "whatever-42"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["error"]["code"] == unknown.json()["error"]["code"] == "invalid_credentials"


async def test_a_profile_keeps_absent_fields(client: httpx.AsyncClient) -> None:
    session = (await client.post("/api/v1/users/register", json=PERSON)).json()["data"]
    headers = {"Authorization": f"Bearer {session['accessToken']}"}
    await client.put("/api/v1/users/me", json={"bio": "I <b>teach</b>"}, headers=headers)
    changed = await client.put("/api/v1/users/me", json={"name": "Ada L."}, headers=headers)
    assert changed.json()["data"]["name"] == "Ada L."
    assert changed.json()["data"]["bio"] == "I <b>teach</b>"
    emptied = await client.put("/api/v1/users/me", json={"bio": None}, headers=headers)
    assert emptied.json()["data"]["bio"] is None
