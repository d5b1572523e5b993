"""New keys in front of the old ones; what the old ones sealed is sealed again."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from tests.support.people import People

from coursify.commands.keys import render_rings, reseal
from coursify.core.crypto import Sealer
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio


async def test_what_an_older_key_sealed_is_sealed_again_and_still_opens(
    people: People, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    secret = (await ada.call("POST", "/users/me/totp")).json()["data"]["secret"]
    code = pyotp.TOTP(secret).at(datetime.now(UTC) - timedelta(seconds=30))
    assert (await ada.call("POST", "/users/me/totp/confirm", {"code": code})).status_code == 200
    lines = dict(line.split("=", 1) for line in render_rings(settings.keys, kid="newest").splitlines())
    for name, value in lines.items():
        monkeypatch.setenv(name, value)
    keys = type(settings.keys)()
    assert [kid for kid, _key in keys.encryption_keys] == ["newest", "e1"]
    assert [kid for kid, _key in keys.jwt_keys] == ["newest", "j1"]
    rotated = dataclasses.replace(settings, keys=keys)
    assert (await reseal(rotated))["second factors"] == 1
    assert (await reseal(rotated))["second factors"] == 0
    stored = await people.value("SELECT secret FROM second_factors")
    alone = Sealer(keys.encryption_keys[:1])
    assert alone.open(stored, place=f"second_factors.secret:{ada.id}").decode() == secret
    assert await people.value("SELECT details->>'kid' FROM audit_log WHERE action = 'key.rotated' LIMIT 1") == "newest"
