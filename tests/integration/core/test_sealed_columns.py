"""Every value of a sealed column opens with the associated data of its row."""

from __future__ import annotations

import psycopg
import pytest
from tests.support.people import API, People
from tests.support.sealed_columns import open_sealed_columns

from coursify.core.crypto import Sealer
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


async def test_every_sealed_value_opens(people: People, settings: Settings, environment: dict[str, str]) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    secret = (await ada.call("POST", "/users/me/totp")).json()["data"]["secret"]
    await ada.call("GET", "/users/me/export")
    await people.run_jobs()
    body = {"email": ada.email}
    assert (await people.client.post(f"{API}/users/forgot-password", json=body)).status_code == 202
    await eve.call("DELETE", f"/users/{eve.id}")
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        opened = open_sealed_columns(connection, Sealer(settings.keys.encryption_keys))
    assert opened["second_factors.secret"] == [secret]
    assert opened["link_requests.address"] == [ada.email]
    assert opened["erasure_requests.receipt_address"] == [eve.email]
    assert ada.email in opened["data_exports.content"][0]
