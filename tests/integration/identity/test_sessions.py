"""Sessions: refresh, end, and their tokens."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.people import People

pytestmark = pytest.mark.anyio


async def test_a_refresh_exchanges_the_token_for_a_new_pair(people: People) -> None:
    ada = await people.sign_up()
    answer = await ada.refresh()
    assert answer.status_code == 200
    fresh = answer.json()["data"]
    assert fresh["refreshToken"] != ada.refresh_token
    assert (await ada.refresh(fresh["refreshToken"])).status_code == 200


async def test_a_client_that_lost_the_response_gets_the_same_successor(people: People) -> None:
    ada = await people.sign_up()
    first = (await ada.refresh()).json()["data"]["refreshToken"]
    again = (await ada.refresh()).json()["data"]["refreshToken"]
    assert first == again
    assert await ada.is_signed_in()


async def test_a_used_token_with_a_used_successor_ends_the_session(people: People) -> None:
    ada = await people.sign_up()
    child = (await ada.refresh()).json()["data"]["refreshToken"]
    grandchild = (await ada.refresh(child)).json()["data"]["refreshToken"]
    assert (await ada.refresh()).status_code == 401
    assert (await ada.refresh(grandchild)).status_code == 401
    assert not await ada.is_signed_in()


async def test_only_hashes_of_refresh_tokens_are_stored(people: People) -> None:
    ada = await people.sign_up()
    await ada.refresh()
    stored = await people.value("SELECT string_agg(encode(token_hash, 'escape'), ' ') FROM refresh_tokens")
    assert ada.refresh_token not in stored


async def test_sessions_are_listed_with_the_current_one_marked(people: People) -> None:
    ada = await people.sign_up()
    await ada.signed_in_again()
    sessions = (await ada.call("GET", "/users/me/sessions")).json()["data"]
    assert sorted(session["current"] for session in sessions) == [False, True]


async def test_one_session_can_be_ended_from_another(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    sessions = (await ada.call("GET", "/users/me/sessions")).json()["data"]
    other_id = next(session["id"] for session in sessions if not session["current"])
    assert (await ada.call("DELETE", f"/users/me/sessions/{other_id}")).status_code == 200
    assert not await other.is_signed_in()
    assert (await other.refresh()).status_code == 401
    assert await ada.is_signed_in()
    assert (await ada.call("DELETE", f"/users/me/sessions/{other_id}")).status_code == 404


async def test_a_user_cannot_end_the_session_of_another(people: People) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    session_id = (await ada.call("GET", "/users/me/sessions")).json()["data"][0]["id"]
    assert (await eve.call("DELETE", f"/users/me/sessions/{session_id}")).status_code == 404
    assert await ada.is_signed_in()


async def test_signing_out_everywhere_ends_every_session(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    assert (await ada.call("POST", "/users/logout-all")).status_code == 200
    assert not await ada.is_signed_in()
    assert not await other.is_signed_in()


async def test_logging_out_with_the_refresh_token_of_another_session_ends_that_one_too(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    assert (await ada.call("POST", "/users/logout", {"refreshToken": other.refresh_token})).status_code == 200
    assert not await other.is_signed_in()


async def test_a_refresh_ignores_an_expired_access_token_in_the_header(people: People) -> None:
    ada = await people.sign_up()
    answer = await people.client.post(
        "/api/v1/users/refresh-token",
        json={"refreshToken": ada.refresh_token},
        headers={"Authorization": "Bearer expired"},
    )
    assert answer.status_code == 200


async def test_sessions_survive_concurrent_refreshes(people: People) -> None:
    family = [await people.sign_up() for _ in range(5)]
    for _round in range(3):
        for person in family:
            answers = await asyncio.gather(*(person.refresh() for _ in range(8)))
            assert {answer.status_code for answer in answers} == {200}
            [successor] = {answer.json()["data"]["refreshToken"] for answer in answers}
            person.session["refreshToken"] = successor
    live = await people.value("SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL")
    assert live == len(family)
