"""A client secret that an older key sealed is sealed again with the newest one, and buyers go on."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.commands.keys import add_key, promote_key, render, reseal
from coursify.core.crypto import Sealer
from coursify.core.settings import KeySettings, Settings
from coursify.modules.payments.services import reseal_secrets
from coursify.modules.payments.services.ensure_intent import secret_place

pytestmark = pytest.mark.anyio


async def test_client_secrets_are_sealed_again_batch_by_batch(
    classroom: Classroom,
    shop: Shop,
    student: Person,
    course: dict[str, Any],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reseal_secrets, "BATCH", 2)
    buyers = [student, *[await classroom.person("student") for _ in range(2)]]
    checkouts = [(await shop.start(buyer, course["id"])).json()["data"] for buyer in buyers]
    for change in (lambda keys: add_key(keys, kid="newest"), promote_key):
        for line in render(change(KeySettings())).splitlines():
            monkeypatch.setenv(*line.split("=", 1))
    keys = KeySettings()
    rotated = dataclasses.replace(settings, keys=keys)
    assert (await reseal(rotated))["client secrets"] == 3
    assert (await reseal(rotated))["client secrets"] == 0
    newest = Sealer(keys.encryption_keys[:1])
    stored = await classroom.rows("SELECT id, client_secret FROM payments ORDER BY id")
    opened = [newest.open(secret, place=secret_place(payment_id)).decode() for payment_id, secret in stored]
    assert opened == [checkout["clientSecret"] for checkout in checkouts]
