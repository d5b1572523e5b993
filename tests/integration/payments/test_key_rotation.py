"""Client secrets that an older key sealed are sealed again with the newest key."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.commands import keys as keys_command
from coursify.commands.keys import add_key, promote_key, render, reseal
from coursify.core.crypto import Sealer
from coursify.core.settings import KeySettings, Settings
from coursify.modules.payments.sealing import CLIENT_SECRET

pytestmark = pytest.mark.anyio


async def test_client_secrets_are_sealed_again_batch_by_batch(
    classroom: Classroom,
    shop: Shop,
    student: Person,
    course: dict[str, Any],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys_command, "BATCH", 2)
    buyers = [student, *[await classroom.person("student") for _ in range(2)]]
    checkouts = [(await shop.start(buyer, course["id"])).json()["data"] for buyer in buyers]
    for change in (lambda keys: add_key(keys, kid="newest"), promote_key):
        for line in render(change(KeySettings())).splitlines():
            monkeypatch.setenv(*line.split("=", 1))
    keys = KeySettings()
    rotated = dataclasses.replace(settings, keys=keys)
    assert (await reseal(rotated))["payments.client_secret"] == 3
    assert (await reseal(rotated))["payments.client_secret"] == 0
    newest = Sealer(keys.encryption_keys[:1])
    stored = await classroom.rows("SELECT id, client_secret FROM payments ORDER BY id")
    opened = [
        newest.open(secret, associated_data=CLIENT_SECRET.for_row(payment_id)).decode() for payment_id, secret in stored
    ]
    assert opened == [checkout["clientSecret"] for checkout in checkouts]
