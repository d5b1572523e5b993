"""Key rotation: new keys are first, and values of old keys are re-sealed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pyotp
import pytest
from tests.support.people import People

from coursify.commands.keys import Rings, add_key, promote_key, render, reseal
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.security import AccessTokens
from coursify.core.settings import KeySettings, Settings
from coursify.modules.identity.sealing import TOTP_SECRET

pytestmark = pytest.mark.anyio


async def test_values_sealed_with_an_older_key_are_resealed(
    people: People, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    secret = (await ada.call("POST", "/users/me/totp")).json()["data"]["secret"]
    code = pyotp.TOTP(secret).at(datetime.now(UTC) - timedelta(seconds=30))
    assert (await ada.call("POST", "/users/me/totp/confirm", {"code": code})).status_code == 200
    for change in (lambda keys: add_key(keys, kid="newest"), promote_key):
        for line in render(change(KeySettings())).splitlines():
            monkeypatch.setenv(*line.split("=", 1))
    keys = KeySettings()
    assert [kid for kid, _key in keys.encryption_keys] == ["newest", "e1"]
    assert [kid for kid, _key in keys.jwt_keys] == ["newest", "j1"]
    rotated = dataclasses.replace(settings, keys=keys)
    assert (await reseal(rotated))["second_factors.secret"] == 1
    assert (await reseal(rotated))["second_factors.secret"] == 0
    stored = await people.value("SELECT secret FROM second_factors")
    alone = Sealer(keys.encryption_keys[:1])
    assert alone.open(stored, associated_data=TOTP_SECRET.for_row(ada.id)).decode() == secret
    assert await people.value("SELECT details->>'kid' FROM audit_log WHERE action = 'key.rotated' LIMIT 1") == "newest"


def test_processes_with_old_and_new_keys_accept_each_others_tokens(settings: Settings) -> None:
    present: Rings = {"JWT_KEYS": settings.keys.jwt_keys, "ENCRYPTION_KEYS": settings.keys.encryption_keys}
    added = add_key(settings.keys, kid="newest")
    known = settings.keys.model_copy(
        update={"jwt_keys": added["JWT_KEYS"], "encryption_keys": added["ENCRYPTION_KEYS"]}
    )
    promoted = promote_key(known)
    for before, after in ((present, added), (added, promoted)):
        for maker, taker in ((before, after), (after, before)):
            one, other = (
                AccessTokens(rings["JWT_KEYS"], issuer="http://testserver", clock=Clock()) for rings in (maker, taker)
            )
            user_id = uuid4()
            token = one.issue(user_id=user_id, session_id=uuid4(), now=datetime.now(UTC))
            assert other.read(token).user_id == user_id
            assert {key["kid"] for key in other.public_keys()["keys"]} >= {jwt.get_unverified_header(token)["kid"]}
            sealed = Sealer(maker["ENCRYPTION_KEYS"]).seal(b"secret", associated_data="here")
            assert Sealer(taker["ENCRYPTION_KEYS"]).open(sealed, associated_data="here") == b"secret"
    assert promoted["JWT_KEYS"][0][0] == promoted["ENCRYPTION_KEYS"][0][0] == "newest"
